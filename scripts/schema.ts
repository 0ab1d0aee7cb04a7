import { readFileSync, writeFileSync } from "node:fs";
import path from "node:path";
import { printApiSchema } from "../api/graphql/schema.ts";

// The command runs from the project's root, as every npm script does.
const file = path.resolve("schema.graphql");
const printed = printApiSchema();

function stored(): string | null {
  try {
    return readFileSync(file, "utf8");
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === "ENOENT") return null;
    throw error;
  }
}

if (process.argv.includes("--check")) {
  if (stored() !== printed) {
    process.stderr.write("schema.graphql is not what the code says: run `npm run schema` and commit it\n");
    process.exitCode = 1;
  }
} else if (stored() !== printed) {
  writeFileSync(file, printed);
  process.stdout.write("schema.graphql written\n");
}
