import { readFileSync, writeFileSync } from "node:fs";
import path from "node:path";
import { buildApiSchema, printApiSchema } from "../api/graphql/schema.ts";
import { printReference } from "./printReference.ts";

/** What is written from the code. The command runs from the project's root, as every npm script does. */
const FILES = [
  { name: "schema.graphql", text: printApiSchema() },
  { name: "docs/reference.md", text: printReference(buildApiSchema()) },
];

function stored(name: string): string | null {
  try {
    return readFileSync(path.resolve(name), "utf8");
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === "ENOENT") return null;
    throw error;
  }
}

for (const { name, text } of FILES.filter((file) => stored(file.name) !== file.text)) {
  if (process.argv.includes("--check")) {
    process.stderr.write(`${name} is not what the code says: run \`npm run schema\` and commit it\n`);
    process.exitCode = 1;
  } else {
    writeFileSync(path.resolve(name), text);
    process.stdout.write(`${name} written\n`);
  }
}
