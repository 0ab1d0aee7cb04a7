import { readdirSync, readFileSync } from "node:fs";
import path from "node:path";

/** A file of the project, its path from the root with forward slashes. */
export interface SourceFile {
  readonly path: string;
  readonly text: string;
}

export interface Import {
  readonly from: string;
  /** A project path for a relative import, else the name of a package. */
  readonly to: string;
  readonly isPackage: boolean;
  readonly isTypeOnly: boolean;
}

export const SERVER_FOLDERS = ["api", "worker", "domain", "gateways", "platform"] as const;
export const ALL_FOLDERS = [...SERVER_FOLDERS, "sandbox", "web", "scripts", "tests", "bench", "migrations"] as const;

const isGenerated = (file: string) => file.startsWith("web/graphql/generated/") || file.includes("node_modules/");

/** Every file of these folders whose name ends so; a folder that is not there yet has none. */
export function readSources(folders: readonly string[] = ALL_FOLDERS, ends = /\.(ts|tsx|mjs|mts)$/): SourceFile[] {
  return folders.flatMap((folder) => {
    let names: string[];
    try {
      names = readdirSync(folder, { recursive: true, encoding: "utf8" });
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code === "ENOENT") return [];
      throw error;
    }
    return names
      .map((name) => path.posix.join(folder, name.split(path.sep).join("/")))
      .filter((file) => ends.test(file) && !isGenerated(file))
      .map((file) => ({ path: file, text: readFileSync(file, "utf8") }));
  });
}

const IMPORTS = new RegExp(
  [
    /^[ \t]*(?:import|export)\s+(type\s)?[^;"'`]*?from\s*"([^"]+)"/,
    /^[ \t]*import\s*"([^"]+)"/,
    /\bimport\(\s*"([^"]+)"\s*\)/,
  ]
    .map(({ source }) => source)
    .join("|"),
  "gm",
);

/** What a file imports, re-exports and loads on demand. */
export function importsOf(file: SourceFile): Import[] {
  return [...file.text.matchAll(IMPORTS)].map((match) => {
    const target = (match[2] ?? match[3] ?? match[4]) as string;
    const isPackage = !target.startsWith(".");
    const to = isPackage ? target : path.posix.join(path.posix.dirname(file.path), target);
    return { from: file.path, to, isPackage, isTypeOnly: match[1] !== undefined };
  });
}

/** A made-up file for the test that shows a rule can fail. */
export const planted = (file: string, text: string): SourceFile => ({ path: file, text });

/** A text without its comments, its line numbers kept. */
export function withoutComments(text: string): string {
  const blank = (comment: string) => comment.replace(/[^\n]/g, " ");
  const toEndOfLine = /(^|[\s;{}(),])\/\/[^\n]*/g;
  return text
    .replace(/\/\*[\s\S]*?\*\//g, blank)
    .replace(toEndOfLine, (all, before: string) => before + blank(all.slice(before.length)));
}

/** A code without the contents of its texts, its line numbers kept; comments must be gone. */
export function withoutTexts(code: string): string {
  return code.replace(/`(?:\\.|[^`\\])*`|"(?:\\.|[^"\\\n])*"/g, (text) => text.replace(/[^\n]/g, " "));
}

export const lineOf = (text: string, index: number): number => text.slice(0, index).split("\n").length;
