import { useState } from "react";
import { session } from "../graphql/browserSession.ts";
import { saveFile } from "./csv.ts";

/** A request of the shop's own files with the person's token, renewed first where it is about to end. */
async function withToken(path: string, init: RequestInit = {}): Promise<Response> {
  const token = await session.bearer();
  const authorization: Record<string, string> = token ? { authorization: `Bearer ${token}` } : {};
  return fetch(path, { ...init, headers: { ...init.headers, ...authorization } });
}

/** What an answer refused, in the shape that failureOf reads. */
async function refusalOf(response: Response): Promise<unknown> {
  const body: unknown = await response.json().catch(() => null);
  const error = typeof body === "object" && body !== null && "error" in body ? body.error : body;
  if (typeof error === "object" && error !== null && "code" in error) return { errors: [{ extensions: error }] };
  return { statusCode: response.status };
}

/** Sends with the person's token. @throws what failureOf reads, where it is refused or nobody answers */
export async function ask(path: string, init: RequestInit = {}): Promise<Response> {
  const response = await withToken(path, init);
  if (!response.ok) throw await refusalOf(response);
  return response;
}

/** Downloads files that only staff may have. */
export function useDownload() {
  const [loading, setLoading] = useState(false);
  const [error, setError] = useState<unknown>(null);
  const download = async (path: string, name: string) => {
    setLoading(true);
    setError(null);
    try {
      const response = await ask(path);
      saveFile(name, response.headers.get("content-type") ?? "application/octet-stream", await response.blob());
    } catch (problem) {
      setError(problem);
    }
    setLoading(false);
  };
  return { download, loading, error };
}
