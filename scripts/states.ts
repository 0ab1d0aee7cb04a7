import { mkdirSync, writeFileSync } from "node:fs";
import path from "node:path";
import { printStates } from "./printStates.ts";

// The command runs from the project's root, as every npm script does.
const file = path.resolve("docs", "states.md");
mkdirSync(path.dirname(file), { recursive: true });
writeFileSync(file, printStates());
