import { parseSync } from "@swc/core";
import { describe, expect, test } from "vitest";
import { planted, readSources, type SourceFile } from "./sources.ts";

const FILE_LINES_MAX = 300;
const FUNCTION_LINES_MAX = 60;
const LINE_COLUMNS_MAX = 120;

/** A longer one says why it is one thing: `// One thing: ...` at its top, with a reason and not a word. */
const ONE_THING = /\bOne thing: [^\n]{20,}/;
/** A docstring may come first. */
const TOP_LINES = 12;

function longFiles(files: readonly SourceFile[]): string[] {
  return files
    .map((file) => ({ file, lines: file.text.trimEnd().split("\n") }))
    .filter(({ lines }) => lines.length > FILE_LINES_MAX && !ONE_THING.test(lines.slice(0, TOP_LINES).join("\n")))
    .map(({ file, lines }) => `${file.path}: ${lines.length} lines`);
}

function longLines(files: readonly SourceFile[]): string[] {
  return files.flatMap((file) =>
    file.text.split("\n").flatMap((line, index) => {
      const isLong = [...line].length > LINE_COLUMNS_MAX;
      return isLong ? [`${file.path}:${index + 1}: ${[...line].length} columns`] : [];
    }),
  );
}

interface Node {
  readonly type?: string;
  readonly span?: { readonly start: number; readonly end: number };
  readonly value?: string;
  readonly callee?: Node;
  readonly object?: Node;
  readonly arguments?: readonly { readonly expression: Node }[];
}

const FUNCTIONS = new Set([
  "FunctionDeclaration",
  "FunctionExpression",
  "ArrowFunctionExpression",
  "ClassMethod",
  "MethodProperty",
]);
/** A suite of tests is a list, not a function that one must hold in mind: `describe`, `describe.each(...)`. */
function isSuiteCall(node: Node): boolean {
  if (node.type !== "CallExpression") return false;
  let callee: Node | undefined = node.callee;
  while (callee && callee.value === undefined) callee = callee.object ?? callee.callee;
  return /^describe\w*$/.test(callee?.value ?? "");
}

/** Every function's place in bytes from the start of the file; suites of tests aside. */
function functionSpans(file: SourceFile): { start: number; end: number }[] {
  // The parser counts bytes over all files of a process, so a file of its own begins where it says that it does.
  const module = parseSync(`;${file.text.replace(/^#!/, "//")}`, {
    syntax: "typescript",
    decorators: true,
    tsx: file.path.endsWith("x"),
    target: "es2023",
  }) as unknown as { body: readonly Node[] };
  const base = (module.body[0]?.span?.start ?? 1) + 1;
  const spans: { start: number; end: number }[] = [];
  const visit = (value: unknown): void => {
    if (Array.isArray(value)) {
      for (const each of value) visit(each);
    } else if (typeof value === "object" && value !== null) {
      const node = value as Node;
      if (FUNCTIONS.has(node.type ?? "") && node.span) {
        spans.push({ start: node.span.start - base, end: node.span.end - base });
      }
      const suite = isSuiteCall(node) ? new Set(node.arguments?.map(({ expression }) => expression)) : null;
      for (const each of suite ?? []) visit({ ...each, type: "Suite" });
      for (const [key, each] of Object.entries(node)) {
        if (!(suite && key === "arguments")) visit(each);
      }
    }
  };
  visit(module.body);
  return spans;
}

function longFunctions(files: readonly SourceFile[]): string[] {
  return files.flatMap((file) => {
    const bytes = Buffer.from(file.text);
    const lineAt = (offset: number) => bytes.subarray(0, offset).toString().split("\n").length;
    const lines = file.text.split("\n");
    return functionSpans(file).flatMap(({ start, end }) => {
      const [first, last] = [lineAt(start), lineAt(end)];
      if (last - first + 1 <= FUNCTION_LINES_MAX) return [];
      const top = lines.slice(Math.max(0, first - TOP_LINES), first + 1).join("\n");
      return ONE_THING.test(top) ? [] : [`${file.path}:${first}: ${last - first + 1} lines`];
    });
  });
}

describe("nothing is too long to read", () => {
  const files = readSources().filter((file) => !file.path.startsWith("migrations/"));

  test(`a file has at most ${FILE_LINES_MAX} lines`, () => {
    expect(longFiles(files)).toEqual([]);
  });

  test(`a function has at most ${FUNCTION_LINES_MAX} lines`, () => {
    expect(longFunctions(files)).toEqual([]);
  });

  test(`a line has at most ${LINE_COLUMNS_MAX} columns`, () => {
    expect(longLines(files)).toEqual([]);
  });
});

describe("the limits notice", () => {
  const filler = (count: number) => "  call();\n".repeat(count);
  const reason = "// One thing: the table is read from top to bottom.\n";

  test("a long file, unless it says why it is one thing", () => {
    expect(longFiles([planted("api/a.ts", filler(301))])).toHaveLength(1);
    expect(longFiles([planted("api/a.ts", filler(300)), planted("api/b.ts", reason + filler(301))])).toEqual([]);
  });

  test.each([
    ["a function", 2, (body: string) => `const x = "é";\nfunction f() {\n${body}}\n`],
    ["an arrow function", 2, (body: string) => `const f = async () => {\n${body}};\n`],
    ["a method", 2, (body: string) => `class A {\n  f() {\n${body}}\n}\n`],
    ["a resolver's method", 3, (body: string) => `class A {\n  @Query(() => ID)\n  f() {\n${body}}\n}\n`],
  ])("%s that is long, unless it says why", (_, own, wrap) => {
    const fitting = FUNCTION_LINES_MAX - own;
    expect(longFunctions([planted("api/a.ts", wrap(filler(fitting + 1)))])).toHaveLength(1);
    expect(longFunctions([planted("api/a.ts", wrap(filler(fitting)))])).toEqual([]);
    expect(longFunctions([planted("api/a.ts", reason + wrap(filler(fitting + 1)))])).toEqual([]);
  });

  test("a test that is long, but not its suite", () => {
    const suite = (inner: string) => `describe("a", () => {\n${inner}});\n`;
    const each = suite(filler(80)).replace("describe(", "describe.each([1])(");
    expect(longFunctions([planted("tests/a.test.ts", suite(filler(80))), planted("tests/b.test.ts", each)])).toEqual(
      [],
    );
    expect(longFunctions([planted("tests/a.test.ts", suite(`test("b", () => {\n${filler(80)}});\n`))])).toHaveLength(1);
  });

  test("a long line", () => {
    const file = planted("api/a.ts", `${"x".repeat(120)}\n${"x".repeat(121)}`);
    expect(longLines([file])).toEqual(["api/a.ts:2: 121 columns"]);
  });
});
