const nameIn = (...names: string[]) => new RegExp(`^(${names.join("|")})$`, "i");

/** Names of what must not be read in a log or a stored body: secrets, tokens and signatures. */
const SECRET_NAME = nameIn(
  "authorization|cookie|set-cookie|x-api-key|key",
  ".*(password|passwd|secret|signature).*",
  ".*(server_?key|client_?key|data_?key|api_?key).*",
  ".*token(_?id)?",
);
/** Names of what is about a person. */
const PERSONAL_NAME = nameIn(
  "email|.*_email|phone|.*_?phone(_?number)?",
  "recipient|name|first_?name|last_?name|full_?name|customer_name",
  "address|line|note|ip",
  "account_?(number|name)|masked_card|card_number|cvv",
  // Couriers' fields, one misspelt by them; who took a parcel stands in the words of its history.
  "(shipp{1,2}er|receiver|driver)_(name|address\\d?)|pod_receiver|(origin|destination)_pin_point",
  "manifest_description|desc",
);
/** The words that name a thing in our own records and are no personal data. */
const SAFE_PARENTS = /^(item_details|items|lines|courses|stores|rates)$/;

const DEPTH_MAX = 8; // deeper bodies than this are not read by anybody
const TEXT_MAX = 2_000; // characters of one value

const MARK = "[redacted]";

function redactValue(value: unknown, parent: string, depth: number): unknown {
  // Half of a character, which a cut or another company may leave, is nothing that a column of JSON takes.
  if (typeof value === "string")
    return (value.length > TEXT_MAX ? `${value.slice(0, TEXT_MAX)}…` : value).toWellFormed();
  if (value === null || typeof value !== "object") return typeof value === "bigint" ? String(value) : value;
  if (depth >= DEPTH_MAX) return "[deep]";
  if (value instanceof Date) return value.toISOString();
  if (value instanceof Error) return redactError(value, depth);
  if (Array.isArray(value)) return value.map((item) => redactValue(item, parent, depth + 1));
  const result: Record<string, unknown> = {};
  for (const [name, inner] of Object.entries(value)) {
    const isPersonal = PERSONAL_NAME.test(name) && !(SAFE_PARENTS.test(parent) && name === "name");
    result[name] = (SECRET_NAME.test(name) || isPersonal) && inner != null ? MARK : redactValue(inner, name, depth + 1);
  }
  return result;
}

/** An error as plain data: what a gateway library hangs on it (request, headers with keys) is dropped. */
function redactError(error: Error, depth: number): Record<string, unknown> {
  const { name, message, stack, cause } = error;
  const code = (error as { code?: unknown }).code;
  return {
    name,
    message: redactText(message),
    ...(code === undefined ? {} : { code }),
    ...(stack === undefined ? {} : { stack: redactText(stack) }),
    ...(cause === undefined ? {} : { cause: redactValue(cause, "cause", depth + 1) }),
  };
}

/** Hides credentials inside running text: Basic and Bearer values, keys, signatures, e-mail addresses. */
export function redactText(text: string): string {
  return text
    .replace(/\b(Basic|Bearer)\s+[A-Za-z0-9+/=._-]{8,}/g, "$1 [redacted]")
    .replace(/\b(?:SB-)?Mid-(?:server|client)-[A-Za-z0-9_-]+/g, MARK)
    .replace(/\b[0-9a-f]{128}\b/gi, MARK)
    .replace(/\b(postgres(?:ql)?|rediss?|smtps?):\/\/[^@\s/]*@/gi, "$1://[redacted]@")
    .replace(/[A-Za-z0-9._%+-]+@[A-Za-z0-9.-]+\.[A-Za-z]{2,}/g, MARK);
}

/** A copy that may be logged or shown to staff: secrets, signatures and personal data are replaced by a mark. */
export function redact(value: unknown): unknown {
  return redactValue(value, "", 0);
}
