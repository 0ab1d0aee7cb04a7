const REMEMBERED = "lunas.device";

/**
 * The number by which the shop tells this browser from others when it looks for fraud: made up here, of nothing that is
 * known of the person or the machine, and gone with the browser's data.
 */
export function deviceId(): string {
  try {
    const known = localStorage.getItem(REMEMBERED);
    if (known) return known;
    const fresh = [...crypto.getRandomValues(new Uint8Array(16))].map((byte) => byte.toString(16).padStart(2, "0"));
    localStorage.setItem(REMEMBERED, fresh.join(""));
    return fresh.join("");
  } catch {
    return ""; // no storage here: then nobody tells it apart
  }
}
