import { afterAll, afterEach, beforeAll, describe, expect, it } from "vitest";
import type { Clock } from "../../../sandbox/clock.ts";
import { faultsMet, handClock, type Stand, stand } from "./support.ts";

/** A clock that stands still and tells how many of its alarms are set. */
function countingClock(): { clock: Clock; left(): number } {
  const { now, after } = handClock();
  const open = new Set<() => void>();
  return {
    clock: {
      now,
      after(ms, run) {
        const cancel = after(ms, run);
        open.add(cancel);
        return () => {
          open.delete(cancel);
          cancel();
        };
      },
    },
    left: () => open.size,
  };
}

describe("faults of calls", () => {
  let rig: Stand;
  let count = 0;
  beforeAll(async () => {
    rig = await stand();
  });
  afterAll(() => rig.close());
  afterEach(() => rig.call("DELETE", "/sandbox/faults"));

  const fault = (target: string, kind: string, more: object = {}) =>
    rig.call("POST", "/sandbox/faults", { target, kind, ...more });
  const pending = async (): Promise<string> => {
    count += 1;
    await rig.create(`F-${count}-A`);
    await rig.call("POST", `/sandbox/transactions/F-${count}-A`, { transaction_status: "pending", notify: false });
    return `F-${count}-A`;
  };
  const cancel = (id: string) => rig.call("POST", `/v2/${id}/cancel`);
  const status = async (id: string): Promise<string> => (await rig.look(id)).transaction_status;

  it.each([["500"], ["503"], ["429"]])("%s is answered in each service's form and nothing happens", async (kind) => {
    const id = await pending();
    await fault("midtrans.cancel", kind);
    const core = await cancel(id);
    expect([core.status, core.body.status_code]).toEqual([Number(kind), kind]);
    expect(await status(id)).toBe("pending");
    await fault("midtrans.snap", kind);
    const snap = await rig.create("F-SNAP-A");
    expect([snap.status, snap.body.error_messages.length]).toEqual([Number(kind), 1]);
    await fault("rajaongkir.search", kind);
    const search = await rig.call("GET", "/api/v1/destination/domestic-destination?search=gambir", undefined, {
      key: "sim-ok",
    });
    expect([search.status, search.body.meta.code]).toEqual([Number(kind), Number(kind)]);
  });

  it.each([
    ["reset", "pending"],
    ["reset_after", "cancel"],
    ["half", "cancel"],
  ])("%s cuts the line and leaves the payment %s", async (kind, after) => {
    const id = await pending();
    await fault("midtrans.cancel", kind);
    await expect(cancel(id)).rejects.toThrow();
    expect(await status(id)).toBe(after);
  });

  it.each([
    ["timeout", "pending"],
    ["timeout_after", "cancel"],
  ])("%s never answers and leaves the payment %s", async (kind, after) => {
    const id = await pending();
    await fault("midtrans.cancel", kind, { ms: 2_000 });
    const call = cancel(id);
    const outcome = call.then(
      () => "answered",
      () => "cut",
    );
    await faultsMet(rig);
    expect(await status(id)).toBe(after);
    // The line is cut when the time of the fault is over, not before.
    await rig.pass(1_999);
    expect(await Promise.race([outcome, rig.look(id).then(() => "open")])).toBe("open");
    await rig.pass(1);
    expect(await outcome).toBe("cut");
  });

  it.each(["timeout", "timeout_after"])(
    "a call that meets %s leaves no alarm behind a sandbox that closed",
    async (kind) => {
      const { clock, left } = countingClock();
      const alone = await stand({ clock });
      await alone.call("POST", "/sandbox/faults", { target: "midtrans.snap", kind });
      const cut = expect(alone.create("F-LEFT-A")).rejects.toThrow();
      await faultsMet(alone);
      expect(left()).toBeGreaterThan(0);
      await alone.close();
      await cut;
      expect(left()).toBe(0);
    },
  );

  it("slow answers well, later", async () => {
    const id = await pending();
    await fault("midtrans.status", "slow", { ms: 1_000 });
    const call = rig.call("GET", `/v2/${id}/status`);
    await faultsMet(rig);
    await rig.pass(1_000);
    expect((await call).body.transaction_status).toBe("pending");
  });

  it("html and empty are no JSON", async () => {
    const id = await pending();
    await fault("midtrans.status", "html");
    const page = await rig.call("GET", `/v2/${id}/status`);
    expect([page.status, page.body, page.text.slice(0, 9)]).toEqual([200, null, "<!doctype"]);
    await fault("midtrans.status", "html", { status: 404 });
    expect((await rig.call("GET", `/v2/${id}/status`)).status).toBe(404);
    await fault("midtrans.status", "empty");
    expect((await rig.call("GET", `/v2/${id}/status`)).text).toBe("");
  });

  it("meets as many calls as asked, and others not at all", async () => {
    const id = await pending();
    await fault("midtrans.status", "503", { times: 2 });
    const codes = [];
    for (let call = 0; call < 3; call += 1) codes.push((await rig.call("GET", `/v2/${id}/status`)).status);
    expect(codes).toEqual([503, 503, 200]);
    await fault("midtrans.expire", "503");
    expect((await cancel(id)).status).toBe(200);
  });

  it("by wildcard meets every call of one service", async () => {
    const id = await pending();
    await fault("midtrans.*", "503", { times: 2 });
    expect((await rig.call("GET", `/v2/${id}/status`)).status).toBe(503);
    expect((await rig.call("GET", "/api/v1/destination/province", undefined, { key: "sim-ok" })).status).toBe(200);
    expect((await rig.create("F-WILD-A")).status).toBe(503);
    expect((await rig.create("F-WILD-A")).status).toBe(201);
  });

  it.each([
    [{ target: "midtrans.nothing", kind: "500" }, "unknown target"],
    [{ target: "midtrans.status", kind: "bad" }, "unknown kind for midtrans.status"],
    [{ target: "midtrans.status", kind: "forged" }, "unknown kind for midtrans.status"],
    [{ target: "midtrans.notification", kind: "500" }, "unknown kind for midtrans.notification"],
    [{ target: "midtrans.status", kind: "500", times: 0 }, "times must be"],
    [{ target: "midtrans.status", kind: "slow", ms: -1 }, "ms must be"],
    [{ target: "midtrans.notification", kind: "duplicate", copies: 201 }, "copies must be"],
  ])("are refused with the list of what there is: %p", async (body, reason) => {
    const answer = await rig.call("POST", "/sandbox/faults", body);
    expect(answer.status).toBe(400);
    expect(answer.body.error).toContain(reason);
    expect(answer.body.targets).toContain("midtrans.snap");
    expect(answer.body.kinds).toContain("timeout_after");
  });

  it("are listed, and gone when cleared", async () => {
    await fault("midtrans.status", "500", { times: 3 });
    expect((await rig.call("GET", "/sandbox/faults")).body.faults).toMatchObject([
      { target: "midtrans.status", left: 3 },
    ]);
    expect((await rig.call("GET", "/")).text).toContain('data-testid="clear-faults"');
    await rig.call("DELETE", "/sandbox/faults");
    expect((await rig.call("GET", "/sandbox/faults")).body.faults).toEqual([]);
  });
});
