import "reflect-metadata";
import { ArgsType, type ClassType, Field, Int, ObjectType } from "type-graphql";
import type { Page } from "../../domain/kernel/page.ts";

@ObjectType({ simpleResolvers: true })
export class PageInfo {
  @Field(() => Boolean)
  hasNextPage!: boolean;

  @Field(() => Boolean)
  hasPreviousPage!: boolean;

  @Field(() => String, { nullable: true })
  startCursor!: string | null;

  @Field(() => String, { nullable: true })
  endCursor!: string | null;
}

/** What a resolver of a list returns. The count is a function: it is only computed when it is asked for. */
export type Listed<T> = Page<T> & { readonly totalCount: () => Promise<number> };

/** Joins a page with the statement that counts the whole list. */
export const listed = <T>(page: Page<T>, totalCount: () => Promise<number>): Listed<T> => ({ ...page, totalCount });

/**
 * The Relay connection of a type: `const OrderConnection = connectionOf("Order", () => Order)`. Makes `OrderConnection`
 * and `OrderEdge`; resolvers return `listed(page, count)`.
 */
export function connectionOf<T extends object>(name: string, node: () => ClassType<T>) {
  @ObjectType(`${name}Edge`, { simpleResolvers: true })
  class Edge {
    @Field(() => String)
    cursor!: string;

    @Field(() => node())
    node!: T;
  }

  @ObjectType(`${name}Connection`, { simpleResolvers: true })
  class Connection {
    @Field(() => [node()])
    nodes!: T[];

    @Field(() => [Edge])
    edges!: Edge[];

    @Field(() => PageInfo)
    pageInfo!: PageInfo;

    @Field(() => Int)
    totalCount!: number;
  }
  return Connection;
}

/** What a list of the caller's own, or of anybody's, is asked for. */
@ArgsType()
export class PageArgs {
  @Field(() => Int, { nullable: true, defaultValue: 20 })
  first!: number;

  @Field(() => String, { nullable: true })
  after?: string | null;
}

/** The same of the back office, whose pages are longer. */
@ArgsType()
export class DeskPageArgs {
  @Field(() => Int, { nullable: true, defaultValue: 25 })
  first!: number;

  @Field(() => String, { nullable: true })
  after?: string | null;
}

/** The same of a list whose rows are open until somebody ends them: the open ones unless it says otherwise. */
@ArgsType()
export class OpenPageArgs extends DeskPageArgs {
  @Field(() => Boolean, { nullable: true, defaultValue: true })
  open!: boolean;
}
