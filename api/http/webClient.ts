import { readFile } from "node:fs/promises";
import path from "node:path";
import express, { type RequestHandler, Router } from "express";
import { DAY_MS } from "../../domain/kernel/time.ts";
import { nonceOf } from "./edge.ts";

const NONCE_PLACEHOLDER = "__CSP_NONCE__";
const HASHED_MAX_AGE_MS = 365 * DAY_MS;
const PICTURE_MAX_AGE_MS = DAY_MS;

/** The client's only page, with the nonce of this answer. Read each time, so that a new build is seen. */
function page(webDir: string): RequestHandler {
  return async (_request, response, next) => {
    let html: string;
    try {
      html = await readFile(path.join(webDir, "index.html"), "utf8");
    } catch (error) {
      return (error as NodeJS.ErrnoException).code === "ENOENT" ? next() : next(error);
    }
    response.setHeader("cache-control", "no-store");
    response.type("html").send(html.replaceAll(NONCE_PLACEHOLDER, nonceOf(response)));
  };
}

/** Paths that are never a page of the client, so that a wrong one is a 404 and not the shop. */
const NO_PAGE = /^\/(api|graphql|assets|media|metrics|healthz|readyz)(\/|$)/;

/** The built client at `/`, product pictures at `/media`; any other path that a browser asks for is the client's. */
export function webClient(dirs: { readonly webDir: string; readonly mediaDir: string }): Router {
  const router = Router();
  const files = { index: false, redirect: false } as const;
  router.use("/media", express.static(dirs.mediaDir, { ...files, maxAge: PICTURE_MAX_AGE_MS }));
  // The build puts a hash of the content into every name here.
  const assets = path.join(dirs.webDir, "assets");
  router.use("/assets", express.static(assets, { ...files, immutable: true, maxAge: HASHED_MAX_AGE_MS }));
  router.get(["/", "/index.html"], page(dirs.webDir));
  router.use(express.static(dirs.webDir, files));
  const fallback = page(dirs.webDir);
  router.use((request, response, next) => {
    const isPage = (request.method === "GET" || request.method === "HEAD") && !NO_PAGE.test(request.path);
    if (isPage && request.accepts("html")) fallback(request, response, next);
    else next();
  });
  return router;
}
