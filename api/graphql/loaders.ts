import type { App } from "../../domain/app.ts";

/** Batches what the list fields of one request ask for: made anew for every request, so nothing is shared between callers. */
export function createLoaders(_app: Pick<App, "db">) {
  return {};
}

export type Loaders = ReturnType<typeof createLoaders>;
