import { Router } from "express";
import type { App } from "../../domain/app.ts";
import { readProof } from "../../domain/enrollment/proof.queries.ts";
import { proofPath } from "../../domain/enrollment/proof.rules.ts";
import { storeProof } from "../../domain/enrollment/storeProof.ts";
import { requireRight } from "../../domain/identity/rights.access.ts";
import { Refusal } from "../../domain/kernel/errors.ts";
import type { UploadType } from "../../platform/cleanUpload.ts";
import { checkLink } from "../../platform/signedLink.ts";
import { limitUploads } from "../graphql/limits.ts";
import type { AccessTokens } from "./accessTokens.ts";
import { addressOf } from "./address.ts";
import { sendRefusal } from "./answerErrors.ts";
import { sendLinkOver } from "./invoices.ts";
import { readUpload } from "./readUpload.ts";
import { uploadSlots } from "./uploadSlots.ts";

const ENDINGS: Readonly<Record<UploadType, string>> = {
  "image/jpeg": "jpg",
  "image/png": "png",
  "image/webp": "webp",
  "application/pdf": "pdf",
};

/** What somebody sent us must run nothing, wherever it is opened. */
const SANDBOXED = "default-src 'none'; style-src 'unsafe-inline'; sandbox";

type UploadApp = Pick<App, "db" | "clock" | "ids" | "uploads" | "settings" | "limits">;

/**
 * `POST /api/uploads/proofs`, multipart with one file, signed in: 201 with the `proofUrl` that createEnrollmentPayment
 * takes. 400 for a file or body that is refused (UPLOAD_REFUSED, INVALID_INPUT), 401, 413 for one that is too large,
 * 429. `GET` of that address shows the file for 15 minutes: 403 for a link that is not ours, 410 for one that is over,
 * 404 for a file that is gone.
 */
export function uploadRoutes(app: UploadApp, accessTokens: Pick<AccessTokens, "read">): Router {
  const router = Router();
  const slots = uploadSlots();
  router.post("/api/uploads/proofs", async (request, response) => {
    const actor = await accessTokens.read(request.get("authorization"));
    requireRight(actor, "own.enrollments");
    const address = addressOf(request);
    const receive = async () => {
      await limitUploads(app.limits, { actor, address });
      return readUpload(request);
    };
    // What the caller sends too much of is not read to its end.
    const content = await slots.hold({ userId: actor.userId, address }, receive).catch((error: unknown) => {
      if (!request.complete) response.setHeader("connection", "close");
      throw error;
    });
    const { proofUrl, expiresAt, contentType, bytes } = await storeProof(app, actor, content);
    response.setHeader("cache-control", "no-store");
    response.status(201).json({ proofUrl, expiresAt, contentType, bytes });
  });

  router.get("/api/uploads/proofs/:id", async (request, response) => {
    const { id } = request.params;
    // A link is a key: it must not be kept by a cache or told to another site.
    response.set({ "cache-control": "private, no-store", "referrer-policy": "no-referrer" });
    const link = checkLink(app.settings.linkSecret, proofPath(id), request.query, app.clock.now());
    if (link === "over") return sendLinkOver(response, "This link is over; open the payment for a new one");
    if (link === "forged") return sendRefusal(response, new Refusal("FORBIDDEN", "This link is not one of ours"));
    const proof = await readProof(app, id);
    if (proof === null) return sendRefusal(response, new Refusal("NOT_FOUND", "There is no such proof"));
    response.set({ "content-security-policy": SANDBOXED, "x-content-type-options": "nosniff" });
    response.attachment(`bukti.${ENDINGS[proof.contentType]}`).type(proof.contentType).send(proof.content);
  });
  return router;
}
