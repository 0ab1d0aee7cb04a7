import type { IncomingMessage } from "node:http";
import { Busboy, type BusboyFileStream, type BusboyHeaders, type BusboyInstance } from "@fastify/busboy";
import { PROOF_BYTES_MAX } from "../../domain/enrollment/proof.rules.ts";
import { uploadRefusal } from "../../domain/enrollment/storeProof.ts";
import { invalidInput, type Refusal } from "../../domain/kernel/errors.ts";

/** Bytes around the file: boundaries, headers, a few fields that clients add. */
const AROUND_BYTES_MAX = 64_000;
const BODY_BYTES_MAX = PROOF_BYTES_MAX + AROUND_BYTES_MAX;
/** Of what is too large so much is read and thrown away, so that who sends it hears why; then the connection is cut. */
const HEARD_OUT_BYTES_MAX = 4 * PROOF_BYTES_MAX;

const LIMITS = {
  files: 1,
  fields: 5,
  parts: 6,
  fileSize: PROOF_BYTES_MAX,
  fieldSize: 1_000,
  fieldNameSize: 100,
  headerPairs: 20,
  headerSize: 4_000,
};

const notMultipart = () => invalidInput({ body: "multipart/form-data with one file" });

/** @throws Refusal INVALID_INPUT */
function openParser(request: IncomingMessage): BusboyInstance {
  const type = request.headers["content-type"] ?? "";
  if (!/^multipart\/form-data\s*;/i.test(type)) throw notMultipart();
  try {
    return new Busboy({ headers: request.headers as BusboyHeaders, limits: LIMITS });
  } catch {
    throw notMultipart(); // no boundary
  }
}

/**
 * The one file of a multipart body, whatever its field and itself are called. Other fields are passed over.
 *
 * @throws Refusal INVALID_INPUT for a body of another form, cut off, or with several files; UPLOAD_REFUSED (TOO_LARGE)
 */
export async function readUpload(request: IncomingMessage): Promise<Buffer> {
  const parser = openParser(request);
  const { promise, resolve, reject } = Promise.withResolvers<Buffer>();
  const chunks: Buffer[] = [];
  let [files, received] = [0, 0];
  let trouble: Refusal | null = null;
  const malformed = () => {
    trouble ??= notMultipart();
  };
  const tooLarge = () => {
    trouble ??= uploadRefusal("TOO_LARGE");
  };
  const settle = () => {
    if (files === 0) malformed();
    if (trouble) reject(trouble);
    else resolve(Buffer.concat(chunks));
  };
  const breakOff = () => {
    malformed();
    settle();
  };
  parser.on("file", (_field: string, file: BusboyFileStream) => {
    files += 1;
    file.on("data", (chunk: Buffer) => trouble === null && chunks.push(chunk));
    file.on("limit", tooLarge);
    file.on("error", breakOff);
  });
  for (const event of ["partsLimit", "filesLimit", "fieldsLimit"] as const) parser.on(event, malformed);
  parser.on("error", () => (request.readableEnded ? breakOff() : malformed()));
  parser.on("finish", settle);
  request.on("data", (chunk: Buffer) => {
    received += chunk.length;
    if (received > BODY_BYTES_MAX) tooLarge();
    if (received > HEARD_OUT_BYTES_MAX) settle();
    else if (trouble === null) parser.write(chunk);
  });
  request.on("end", () => (trouble ? settle() : parser.end()));
  request.on("close", () => request.complete || breakOff());
  // Gone before it was looked at: nothing of it comes any more.
  if (request.destroyed) breakOff();
  return promise;
}
