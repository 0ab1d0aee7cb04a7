import { session } from "./browserSession.ts";

const ADDRESS = "/api/uploads/proofs";
/** 5 MB over a slow phone line; longer and the line is dead. */
const WITHIN_MS = 180_000;
const WHOLE = 100; // percent

interface Answer {
  readonly status: number;
  readonly body: unknown;
}

/** fetch says nothing of how much has gone out yet. */
function post(file: File, token: string | null, onProgress: (percent: number) => void): Promise<Answer> {
  return new Promise((resolve, reject) => {
    const request = new XMLHttpRequest();
    request.open("POST", ADDRESS);
    request.timeout = WITHIN_MS;
    request.responseType = "json";
    if (token !== null) request.setRequestHeader("authorization", `Bearer ${token}`);
    request.upload.onprogress = ({ loaded, total }) => onProgress(Math.floor((loaded / total) * WHOLE));
    request.onload = () => resolve({ status: request.status, body: request.response });
    // As fetch rejects where no answer came.
    request.onerror = () => reject(new TypeError("the upload was not answered"));
    request.ontimeout = request.onerror;
    const form = new FormData();
    form.append("file", file);
    request.send(form);
  });
}

const isRecord = (value: unknown): value is Record<string, unknown> => typeof value === "object" && value !== null;

/**
 * Sends a proof of payment, and answers the address that createEnrollmentPayment takes. `onProgress` hears percent of
 * what has gone out. Rejects in the shapes that failureOf reads: UPLOAD_REFUSED with details.reason, RATE_LIMITED and
 * so on, or no answer.
 */
export async function uploadProof(file: File, onProgress: (percent: number) => void): Promise<string> {
  const token = await session.bearer();
  let answer = await post(file, token, onProgress);
  if (answer.status === 401) answer = await post(file, await session.renew(token), onProgress);
  const { status, body } = answer;
  if (isRecord(body) && typeof body["proofUrl"] === "string") return body["proofUrl"];
  if (isRecord(body) && isRecord(body["error"])) throw { errors: [{ extensions: body["error"] }] };
  throw { statusCode: status };
}
