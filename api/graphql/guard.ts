import type { GraphQLFieldResolver, GraphQLSchema } from "graphql";
import { requireRight } from "../../domain/identity/rights.access.ts";
import { Refusal } from "../../domain/kernel/errors.ts";
import { requestsTotal } from "../../platform/metrics.ts";
import type { Context } from "./context.ts";
import { codeOfError } from "./errors.ts";
import { type OperationRight, operationRights } from "./rights.ts";

/** @throws Refusal UNAUTHENTICATED, FORBIDDEN */
function checkRight(context: Context, right: OperationRight): void {
  if (right === "public") return;
  if (right !== "signedIn") requireRight(context.actor, right);
  else if (context.actor.role === "ANONYMOUS") throw new Refusal("UNAUTHENTICATED", "Sign in first");
}

/**
 * Puts the operation's right and its limits before its resolver. Root fields are what counts: each alias of one runs
 * its resolver, so a hundred aliased logins in one request are a hundred.
 */
function guarded(
  operation: string,
  right: OperationRight,
  resolve: GraphQLFieldResolver<unknown, Context>,
): GraphQLFieldResolver<unknown, Context> {
  return async (source, args, context, info) => {
    let code: string = "OK";
    try {
      checkRight(context, right);
      await context.limits.consume(operation, context);
      return await resolve(source, args, context, info);
    } catch (error) {
      code = codeOfError(error);
      throw error;
    } finally {
      requestsTotal.inc({ field: operation, code });
    }
  };
}

/**
 * Guards every root field of a schema, in place.
 *
 * @throws Error for an operation without a declared right: it must not start
 */
export function guardOperations(schema: GraphQLSchema): GraphQLSchema {
  for (const type of [schema.getQueryType(), schema.getMutationType()]) {
    for (const field of Object.values(type?.getFields() ?? {})) {
      const operation = `${type?.name}.${field.name}`;
      const right = operationRights[operation];
      if (right === undefined) throw new Error(`${operation} declares no right (api/graphql/rights.ts)`);
      if (!field.resolve) throw new Error(`${operation} has no resolver`);
      field.resolve = guarded(operation, right, field.resolve);
    }
  }
  return schema;
}
