import express from "express";
import { expect, test } from "vitest";
import { readyz } from "../../../api/http/health.ts";
import { listen } from "../../../api/http/listen.ts";
import { createLog } from "../../../platform/log.ts";

test("many who ask at once whether the API is ready have the database asked once", async () => {
  const { promise: answered, resolve: answer } = Promise.withResolvers<never[]>();
  let [asked, arrived] = [0, 0];
  const all = Promise.withResolvers<void>();
  const sql = (() => {
    asked += 1;
    return answered;
  }) as never;
  const handler = readyz({ db: { sql }, queue: { ping: async () => undefined }, log: createLog("silent", "api") });
  const server = express();
  server.get("/readyz", (request, response, next) => {
    handler(request, response, next);
    arrived += 1;
    if (arrived === 20) all.resolve();
  });
  const listening = await listen(server, { host: "127.0.0.1", port: 0 });
  try {
    const url = `http://127.0.0.1:${listening.port}/readyz`;
    const answers = Promise.all(Array.from({ length: 20 }, () => fetch(url)));
    await all.promise;
    answer([]);
    expect(new Set((await answers).map(({ status }) => status))).toEqual(new Set([503])); // its migrations are missing
    expect(asked).toBe(1);
    await fetch(url);
    expect(asked).toBe(2);
  } finally {
    await listening.stop(0);
  }
});
