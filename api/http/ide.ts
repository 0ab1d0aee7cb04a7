import { createHash } from "node:crypto";
import { promisify } from "node:util";
import { gzip } from "node:zlib";
import { type RequestHandler, Router } from "express";
import type { Config } from "../../platform/config.ts";
import { buildApiSchema } from "../graphql/schema.ts";
import { nonceOf } from "./edge.ts";
import { ideExamples } from "./ideExamples.ts";

const SANDBOX_URL = "https://studio.apollographql.com/sandbox/explorer";

const sandboxAt = (endpoint: string): string => `${SANDBOX_URL}?endpoint=${encodeURIComponent(endpoint)}`;

/** The page that a browser gets at /graphql. The script only looks whether Apollo's site can be reached from here. */
const landing = (nonce: string, endpoint: string, examples: string) => `<!doctype html>
<html lang="id"><head><meta charset="utf-8"><title>Lunas GraphQL</title>
<meta name="viewport" content="width=device-width, initial-scale=1">
<style nonce="${nonce}">
body{font:16px/1.5 system-ui,sans-serif;max-width:38rem;margin:4rem auto;padding:0 1rem;color:#222}
body>a{display:block;padding:.75rem 1rem;margin:.75rem 0;border:1px solid #ccc;border-radius:.5rem;color:inherit}
code,pre{background:#f3f3f3;padding:.1rem .3rem}
pre{overflow-x:auto;padding:.5rem .75rem}
details{margin:.25rem 0}details a{margin-right:1rem;color:inherit}summary{cursor:pointer}small{color:#555}
</style></head><body>
<h1>Lunas GraphQL</h1>
<p>POST <code>${endpoint}</code>. To sign in: send <code>login</code>, copy its
<code>accessToken</code>, and add the header <code>Authorization</code> with the value <code>Bearer ACCESS_TOKEN</code>
under Headers, in Apollo Sandbox as in GraphiQL.</p>
<a href="/graphql/ide">GraphiQL, served from here; it needs no internet</a>
<a id="sandbox" href="${sandboxAt(endpoint)}" rel="noreferrer">Apollo Sandbox
<span id="state"></span></a>
${examples}
<script nonce="${nonce}">
const state = document.getElementById("state");
fetch("${new URL(SANDBOX_URL).origin}/favicon.ico", { mode: "no-cors", signal: AbortSignal.timeout(4000) })
  .then(() => { state.textContent = "(reachable)"; }, () => { state.textContent = "(not reachable from here)"; });
</script></body></html>`;

const FIRST_QUERY = `# Products of the shop
query Products {
  products(first: 5) {
    nodes { id name price currency stock }
  }
}

# Sign in, then put the accessToken into the headers below
mutation LogIn {
  login(email: "customer@lunas.test", password: "lunas-demo") { accessToken user { name role } }
}
`;

interface Ide {
  readonly gzipped: Buffer;
  readonly policy: string;
}

/**
 * GraphiQL as one page of some megabytes that never changes: packed once, and its script allowed by its hash, because
 * a nonce would make every answer a new page to pack.
 */
async function buildIde(): Promise<Ide> {
  // Only loaded when somebody opens it: it is nine megabytes of script.
  const { renderGraphiQL } = await import("@graphql-yoga/render-graphiql");
  const rendered = renderGraphiQL({
    title: "Lunas GraphiQL",
    endpoint: "/graphql",
    defaultQuery: FIRST_QUERY,
    headers: JSON.stringify({ authorization: "Bearer " }, null, 2),
  });
  const html = rendered.replace(/\r\n?/g, "\n"); // as browsers read it, and so as they hash it
  const start = html.indexOf("<script>", html.indexOf("<body")) + "<script>".length;
  const script = html.slice(start, html.indexOf("</script>", start));
  const hash = createHash("sha256").update(script).digest("base64");
  const policy = [
    "default-src 'self'",
    `script-src 'self' 'sha256-${hash}' blob:`,
    "worker-src blob:",
    "style-src 'self' 'unsafe-inline'",
    "img-src 'self' data:",
    "font-src 'self' data:",
    "connect-src 'self'",
    "frame-ancestors 'none'",
    "object-src 'none'",
    "base-uri 'none'",
  ].join("; ");
  return { gzipped: await promisify(gzip)(html), policy };
}

/**
 * Pages for people at /graphql: Apollo Sandbox where it can be reached, GraphiQL in any case. In production, where the
 * schema is shown to staff alone, they list no operations.
 */
export function idePages({ publicUrl, mode }: Pick<Config, "publicUrl" | "mode">): Router {
  const router = Router();
  const endpoint = `${publicUrl}/graphql`;
  let ide: Promise<Ide> | null = null;
  let examples: string | null = null; // written when somebody looks
  const graphiql: RequestHandler = async (request, response) => {
    ide ??= buildIde();
    const { gzipped, policy } = await ide;
    if (!request.acceptsEncodings("gzip")) return void response.sendStatus(406);
    response.setHeader("content-security-policy", policy);
    response.setHeader("content-encoding", "gzip");
    response.setHeader("cache-control", "private, max-age=3600");
    response.type("html").send(gzipped);
  };
  router.get("/graphql/ide", graphiql);
  router.get("/graphql", (request, response, next) => {
    const isPerson =
      request.accepts(["json", "html"]) === "html" &&
      request.query["query"] === undefined &&
      request.query["extensions"] === undefined;
    if (!isPerson) return next();
    const policy = String(response.getHeader("content-security-policy"));
    response.setHeader(
      "content-security-policy",
      policy.replace("connect-src 'self'", `connect-src 'self' ${new URL(SANDBOX_URL).origin}`),
    );
    response.setHeader("cache-control", "no-store");
    examples ??= mode === "production" ? "" : ideExamples(buildApiSchema(), sandboxAt(endpoint));
    response.type("html").send(landing(nonceOf(response), endpoint, examples));
  });
  return router;
}
