import { createSession, type SessionParts, type Tokens } from "./session.ts";

const REFRESH = `mutation Refresh($refreshToken: String!) {
  refresh(refreshToken: $refreshToken) { accessToken refreshToken }
}`;
/** Longer than the server needs even on a slow phone line; a hung renewal would hold every tab's lock. */
const REFRESH_TIMEOUT_MS = 20_000;
const REFUSALS: ReadonlySet<string> = new Set(["UNAUTHENTICATED", "TOKEN_REVOKED", "BAD_CREDENTIALS", "INVALID_INPUT"]);

interface RefreshAnswer {
  data?: { refresh: Tokens } | null;
  errors?: ReadonlyArray<{ message: string; extensions?: { code?: string } }>;
}

/** One plain request beside Apollo: the link that attaches tokens must not wait for itself. */
async function exchange(refreshToken: string): Promise<Tokens | "refused"> {
  const response = await fetch("/graphql", {
    method: "POST",
    headers: { "content-type": "application/json" },
    body: JSON.stringify({ query: REFRESH, variables: { refreshToken } }),
    signal: AbortSignal.timeout(REFRESH_TIMEOUT_MS),
  });
  // A proxy's own page is no answer.
  const answer = (await response.json().catch(() => ({}))) as RefreshAnswer;
  if (answer.data) return answer.data.refresh;
  if (REFUSALS.has(answer.errors?.[0]?.extensions?.code ?? "")) return "refused";
  throw new TypeError(`refresh was not answered (${response.status})`);
}

function tabs(): SessionParts["tabs"] {
  const channel = new BroadcastChannel("lunas.session");
  return {
    post: (news) => channel.postMessage(news),
    listen: (hear) => channel.addEventListener("message", (event) => hear(event.data)),
  };
}

/** The session of this browser. Web locks exist on https and localhost alone; elsewhere a tab is by itself. */
export const session = createSession({
  storage: localStorage,
  exclusive: (work) => (navigator.locks ? navigator.locks.request("lunas.session", work) : work()),
  tabs: tabs(),
  exchange,
  now: () => performance.now(),
});
