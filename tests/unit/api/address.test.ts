import { expect, test } from "vitest";
import { callerAddress } from "../../../api/http/address.ts";

test.each([
  ["203.0.113.5", "203.0.113.5"],
  ["::ffff:203.0.113.5", "203.0.113.5"],
  ["::1", "::1"],
  ["2001:db8:0:1::1", "2001:db8:0:1::"],
  ["2001:DB8:0:1:ffff:ffff:ffff:ffff", "2001:db8:0:1::"],
  ["2001:0db8::1", "2001:db8:0:0::"],
  ["fe80::1%eth0", "fe80:0:0:0::"],
  [undefined, "unknown"],
])("%s is counted as %s", (ip, counted) => {
  expect(callerAddress(ip)).toBe(counted);
});
