/** Who sends an example: a role of the demo shop, a service with its token, or somebody who is not signed in. */
export type Caller = "anybody" | "customer" | "learner" | "staff" | "admin" | "second admin" | "service";

/** Something that happens beside the API before an example can be sent; the test of the examples brings it about. */
export type Meanwhile =
  | "the customer pays"
  | "the courier delivers"
  | "the booking is made"
  | "the refund waits for people"
  | "the learner pays"
  | "the close ends";

/** JSON, in which a text that begins with `$` stands for what an earlier example kept under that name. */
export type ExampleValue =
  | string
  | number
  | boolean
  | null
  | readonly ExampleValue[]
  | { readonly [name: string]: ExampleValue };

/**
 * One operation as somebody would send it to a demo shop. The examples are a story: they run from the first to the
 * last, on the page about the API, in the test, and ready-made in Apollo Sandbox and GraphiQL.
 */
export interface Example {
  /** As in `Query.orders`. */
  readonly operation: `Query.${string}` | `Mutation.${string}`;
  readonly as: Caller;
  readonly variables?: { readonly [name: string]: ExampleValue };
  /** What later examples know of the answer: its path, by the name that they use. */
  readonly keeps?: { readonly [name: string]: string };
  /** What has to happen first. */
  readonly after?: Meanwhile;
  /** The code with which the demo shop refuses it at this point of the story. */
  readonly refused?: string;
  /** What it is for, where its name does not say that. */
  readonly says?: string;
}
