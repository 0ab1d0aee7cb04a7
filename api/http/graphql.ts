import { ApolloServer, type ApolloServerPlugin } from "@apollo/server";
import { ApolloServerPluginCacheControlDisabled } from "@apollo/server/plugin/disabled";
import { expressMiddleware } from "@as-integrations/express5";
import type { RequestHandler } from "express";
import { BREAK, type DocumentNode, type GraphQLFormattedError, visit } from "graphql";
import type { App } from "../../domain/app.ts";
import type { ErrorCode } from "../../domain/kernel/errors.ts";
import type { Context } from "../graphql/context.ts";
import { checkCost, shapeRules, TOKENS_MAX } from "../graphql/cost.ts";
import { createFormatError, forbiddenDocument } from "../graphql/errors.ts";
import { createOperationLimits } from "../graphql/limits.ts";
import { createLoaders } from "../graphql/loaders.ts";
import { buildApiSchema } from "../graphql/schema.ts";
import type { AccessTokens } from "./accessTokens.ts";
import { addressOf, deviceOf } from "./address.ts";
import { requestIdOf } from "./edge.ts";

/** Answers that are too large are refused when the operation and its variables are known, before anything runs. */
const costPlugin: ApolloServerPlugin<Context> = {
  async requestDidStart() {
    return {
      async didResolveOperation({ schema, document, operation, request }) {
        if (operation) checkCost(schema, document, operation, request.variables ?? {});
      },
    };
  },
};

/** True for a document that asks what the schema is. */
function asksForSchema(document: DocumentNode): boolean {
  let isAsked = false;
  visit(document, {
    Field({ name }) {
      if (name.value !== "__schema" && name.value !== "__type") return;
      isAsked = true;
      return BREAK;
    },
  });
  return isAsked;
}

/** In production the schema is shown to staff alone: their tools may ask for it, whoever looks for a way in may not. */
const isShownToStaffAlone = ({ settings }: Pick<App, "settings">): boolean => settings.gateway.mode === "production";

const introspectionPlugin: ApolloServerPlugin<Context> = {
  async requestDidStart() {
    return {
      async didResolveOperation({ document, contextValue: { app, actor } }) {
        if (!isShownToStaffAlone(app) || actor.role === "STAFF" || actor.role === "ADMIN") return;
        if (asksForSchema(document)) throw forbiddenDocument("The schema is shown to staff only");
      },
    };
  },
};

/** Seconds: a database that restarts is there again by then. */
const COME_BACK_AFTER_S = 5;

/**
 * An operation of which nothing was answered because the shop cannot answer now is told so by its HTTP status too, for
 * who does not read the body: a balancer, a client's own retries.
 */
const outagePlugin: ApolloServerPlugin<Context> = {
  async requestDidStart() {
    return {
      async willSendResponse({ response: { body, http } }) {
        if (body.kind !== "single") return;
        const { data, errors = [] } = body.singleResult;
        const isNothing = Object.values(data ?? {}).every((value) => value === null);
        const isOutage = ({ extensions }: GraphQLFormattedError) =>
          extensions?.["code"] === ("INTERNAL" satisfies ErrorCode) && extensions["retryable"] === true;
        if (!isNothing || !errors.some(isOutage)) return;
        http.status = 503;
        http.headers.set("retry-after", String(COME_BACK_AFTER_S));
      },
    };
  },
};

/** Starts Apollo Server on the schema of the code. */
export async function startApollo(app: Pick<App, "log" | "settings">): Promise<ApolloServer<Context>> {
  const apollo = new ApolloServer<Context>({
    schema: buildApiSchema(),
    formatError: createFormatError(app.log),
    introspection: true,
    hideSchemaDetailsFromClientErrors: isShownToStaffAlone(app), // "did you mean" is a way to ask for it, too
    includeStacktraceInErrorResponses: false,
    allowBatchedHttpRequests: false,
    stopOnTerminationSignals: false, // the process closes things in its own order
    parseOptions: { maxTokens: TOKENS_MAX },
    validationRules: shapeRules(),
    // Nothing here is cached by others, and hints for that would wrap every field's resolver.
    plugins: [introspectionPlugin, costPlugin, outagePlugin, ApolloServerPluginCacheControlDisabled()],
  });
  await apollo.start();
  return apollo;
}

/** Runs operations as whoever the Authorization header speaks for. */
export function graphqlHandler(
  apollo: ApolloServer<Context>,
  app: App,
  deps: { readonly accessTokens: AccessTokens; readonly rateLimitScale: number },
): RequestHandler {
  const { accessTokens } = deps;
  const limits = createOperationLimits(app.limits, deps.rateLimitScale);
  return expressMiddleware(apollo, {
    context: async ({ req, res }) => {
      res.setHeader("cache-control", "no-store"); // an answer to a GET is somebody's own, too
      return {
        app,
        limits,
        accessTokens,
        actor: await accessTokens.read(req.get("authorization")),
        requestId: requestIdOf(res),
        address: addressOf(req),
        device: deviceOf(req),
        loaders: createLoaders(app),
      };
    },
  });
}
