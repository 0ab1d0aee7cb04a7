import type { IncomingMessage } from "node:http";
import net from "node:net";
import { text } from "node:stream/consumers";
import { afterAll, beforeAll, expect, test } from "vitest";
import { type Listening, listen } from "../../../api/http/listen.ts";

let server: Listening;
beforeAll(async () => {
  const answer = async (request: IncomingMessage) => (await text(request)).length;
  server = await listen(
    (request, response) => {
      answer(request).then(
        (length) => response.headersSent || response.end(`${length} bytes`),
        () => undefined, // it was ended on its way
      );
    },
    { host: "127.0.0.1", port: 0 },
    { request: 200, upload: 20_000 },
  );
});
afterAll(() => server.stop(100));

/** Half of a request, and what finishes it. */
function begin(path: string): { readonly answer: Promise<string>; finish(): void } {
  const socket = net.connect(server.port, "127.0.0.1");
  socket.write(`POST ${path} HTTP/1.1\r\nhost: x\r\nconnection: close\r\ncontent-length: 4\r\n\r\nab`);
  return { answer: text(socket), finish: () => socket.write("cd") };
}

test("a body that does not come in time ends its request, and a file has longer", async () => {
  const files = ["/api/uploads/proofs", "/api/reconciliation/files?kind=bank"].map(begin);
  const late = begin("/graphql");
  expect(await late.answer).toMatch(/^HTTP\/1\.1 408 /);
  // Begun before the one that was too late.
  for (const file of files) {
    file.finish();
    expect(await file.answer).toContain("4 bytes");
  }
  const fast = begin("/graphql");
  fast.finish();
  expect(await fast.answer).toContain("4 bytes");
});
