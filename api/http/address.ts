import type { Request } from "express";

const IPV6_NETWORK_GROUPS = 4; // a customer gets a /64: within it he has as many addresses as he likes

/** The first 64 bits of an IPv6 address, as `2001:db8:0:1::`. */
function networkOf(address: string): string {
  const [head = "", tail] = address.split("%")[0]?.split("::") ?? [];
  const before = head === "" ? [] : head.split(":");
  const after = tail ? tail.split(":") : [];
  const zeros =
    tail === undefined ? [] : Array.from({ length: Math.max(0, 8 - before.length - after.length) }, () => "0");
  const groups = [...before, ...zeros, ...after].slice(0, IPV6_NETWORK_GROUPS);
  return `${groups.map((group) => group.replace(/^0+(?=.)/, "").toLowerCase()).join(":")}::`;
}

/** Where a request comes from, as limits count it: an IPv4 address, or the network of an IPv6 one. */
export function callerAddress(ip: string | undefined): string {
  if (ip === undefined) return "unknown"; // the connection is gone already
  const mapped = /^::ffff:(\d+\.\d+\.\d+\.\d+)$/i.exec(ip);
  if (mapped?.[1]) return mapped[1];
  return ip.includes(":") && ip !== "::1" ? networkOf(ip) : ip;
}

/** The caller's address: the one that the trusted proxies give, else the connection's. */
export const addressOf = (request: Request): string => callerAddress(request.ip);

const DEVICE = /^[A-Za-z0-9_-]{16,64}$/;

/**
 * The number that a browser made up for itself and sends along; null for none, or one of another form. It proves
 * nothing: whoever wants another one takes it.
 */
export function deviceOf(request: Request): string | null {
  const device = request.get("x-device-id");
  return device !== undefined && DEVICE.test(device) ? device : null;
}
