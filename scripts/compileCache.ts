import path from "node:path";

/**
 * NODE_COMPILE_CACHE of processes that are started by the dozen from the same code, as by tests, drills and benchmarks:
 * compiling it is most of a start. Below dist/ of the working directory, and never read for code that has changed.
 */
export const COMPILE_CACHE = path.resolve("dist", ".compiled");
