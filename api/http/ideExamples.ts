import type { GraphQLSchema } from "graphql";
import { escapeHtml } from "../../domain/kernel/escapeHtml.ts";
import type { Example, ExampleValue } from "../examples/example.ts";
import { exampleDocument, fillIn } from "../examples/exampleDocument.ts";
import { chapters } from "../examples/examples.ts";

/** Says in the variables what a person has to put there. */
const toFillIn = (name: string): string => `... ${name} ...`;

/** One operation, folded: its text, and links that open it. A mutation is only written there, never sent by opening. */
function itemOf(schema: GraphQLSchema, example: Example, sandboxUrl: string): string {
  const document = exampleDocument(schema, example);
  const variables = JSON.stringify(fillIn((example.variables ?? {}) as ExampleValue, toFillIn), null, 2);
  const inSandbox = `${sandboxUrl}&${new URLSearchParams({ document, variables })}`;
  const inGraphiql = `/graphql/ide?${new URLSearchParams({ query: document, variables })}`;
  const name = example.operation.split(".")[1] as string;
  return `<details><summary>${name} <small>${example.as}</small></summary>
<p>${escapeHtml(example.says ?? "")}</p><pre>${escapeHtml(document)}</pre><pre>${escapeHtml(variables)}</pre>
<p><a href="${escapeHtml(inSandbox)}" rel="noreferrer">Apollo Sandbox</a>
<a href="${escapeHtml(inGraphiql)}">GraphiQL</a></p></details>`;
}

/** Every operation ready-made, as HTML: what the page at /graphql offers below its links. */
export const ideExamples = (schema: GraphQLSchema, sandboxUrl: string): string =>
  chapters
    .map(
      ({ title, examples }) =>
        `<h2>${escapeHtml(title)}</h2>${examples.map((example) => itemOf(schema, example, sandboxUrl)).join("\n")}`,
    )
    .join("\n");
