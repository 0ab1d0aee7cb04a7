import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { appendFile, mkdtemp, readFile, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { orderBody } from "./couriers.ts";
import { DAY, HOUR, SERVER_KEY, type Stand, stand } from "./support.ts";

describe("after a restart", () => {
  let rig: Stand;
  beforeEach(async () => {
    rig = await stand();
  });
  afterEach(() => rig.close());

  it("pages, transactions, refunds, faults and stored answers are as they were", async () => {
    const { body } = await rig.create("R-ALL-A");
    await rig.call("POST", "/sandbox/transactions/R-ALL-A", {
      transaction_status: "settlement",
      payment_type: "gopay",
    });
    const refund = await rig.call(
      "POST",
      "/v2/R-ALL-A/refund",
      { refund_key: "r1", amount: 10_000 },
      { "Idempotency-Key": "k" },
    );
    await rig.create("R-ALL-B");
    await rig.call("POST", "/sandbox/faults", { target: "rajaongkir.cost", kind: "500", times: 7 });
    const [before, list] = [await rig.look("R-ALL-A"), (await rig.call("GET", "/sandbox/transactions")).body];
    await rig.restart();
    expect({ ...(await rig.look("R-ALL-A")), pages: null }).toEqual({ ...before, pages: null });
    expect((await rig.call("GET", "/sandbox/transactions")).body).toEqual(list);
    expect((await rig.call("POST", "/v2/R-ALL-A/refund", {}, { "Idempotency-Key": "k" })).text).toBe(refund.text);
    expect((await rig.call("GET", "/sandbox/faults")).body.faults).toMatchObject([{ left: 7 }]);
    expect((await rig.press(body.token, "pay", { method: "bca_va" })).status).toBe(303);
    expect((await rig.create("R-ALL-A")).status).toBe(400);
  });

  it("a payment that ran out meanwhile expires at once, and one that did not keeps its time", async () => {
    await rig.create("R-EXP-A", { expiry: { duration: 1, unit: "hour" } });
    await rig.create("R-EXP-B", { expiry: { duration: 2, unit: "day" } });
    for (const id of ["R-EXP-A", "R-EXP-B"]) {
      await rig.call("POST", `/sandbox/transactions/${id}`, {
        transaction_status: "pending",
        payment_type: "bank_transfer",
      });
    }
    await rig.sandbox.close();
    rig.clock.fire(2 * HOUR);
    await rig.restart();
    await rig.pass(0);
    expect((await rig.look("R-EXP-A")).transaction_status).toBe("expire");
    expect((await rig.look("R-EXP-B")).transaction_status).toBe("pending");
    await rig.pass(2 * DAY);
    expect((await rig.look("R-EXP-B")).transaction_status).toBe("expire");
  });

  it("half a line at the end of the journal costs nothing but itself", async () => {
    await rig.create("R-TORN-A");
    await rig.sandbox.close();
    const journal = join(rig.dataDir, "journal.jsonl");
    await appendFile(journal, '{"kind":"page","id":"x","val');
    await rig.restart();
    expect((await rig.look("R-TORN-A")).pages).toHaveLength(1);
    expect(await readFile(journal, "utf8")).not.toContain('"val\n');
    await rig.create("R-TORN-B");
    await rig.restart();
    expect((await rig.look("R-TORN-B")).pages).toHaveLength(1);
  });

  it("the journal holds one line for each thing, however often it changed", async () => {
    for (let time = 0; time < 20; time += 1) {
      await rig.call("POST", "/sandbox/faults", { target: "midtrans.status", kind: "500" });
      await rig.call("DELETE", "/sandbox/faults");
    }
    await rig.create("R-COMPACT-A");
    await rig.restart();
    const lines = (await readFile(join(rig.dataDir, "journal.jsonl"), "utf8")).trim().split("\n");
    expect(lines).toHaveLength(1);
  });
});

describe("the process", () => {
  let dir: string;
  const children: ChildProcess[] = [];
  beforeEach(async () => {
    dir = await mkdtemp(join(tmpdir(), "sandbox-process-"));
  });
  afterEach(async () => {
    for (const child of children.splice(0))
      if (child.exitCode === null && child.signalCode === null) child.kill("SIGKILL");
    await rm(dir, { recursive: true, force: true });
  });

  async function start(env: Record<string, string> = {}): Promise<{ child: ChildProcess; url: string }> {
    const child = spawn(process.execPath, ["sandbox/main.ts"], {
      env: {
        PATH: process.env["PATH"] ?? "",
        DATA_DIR: dir,
        SANDBOX_PORT: "0",
        MIDTRANS_SERVER_KEY: SERVER_KEY,
        ...env,
      },
      stdio: ["ignore", "pipe", "pipe"],
    });
    children.push(child);
    if (!child.stdout) throw new Error("no output");
    for await (const line of createInterface({ input: child.stdout })) {
      const entry = JSON.parse(line) as { msg: string; url: string };
      if (entry.msg === "sandbox listening") return { child, url: entry.url };
    }
    throw new Error("the sandbox ended before it listened");
  }

  const create = (url: string, orderId: string): Promise<Response> =>
    fetch(`${url}/snap/v1/transactions`, {
      method: "POST",
      headers: {
        Authorization: `Basic ${Buffer.from(`${SERVER_KEY}:`).toString("base64")}`,
        Accept: "application/json",
        "Content-Type": "application/json",
      },
      body: JSON.stringify({ transaction_details: { order_id: orderId, gross_amount: 1_000 } }),
    });

  const book = async (url: string): Promise<string> => {
    const response = await fetch(`${url}/order/api/v1/orders/store`, {
      method: "POST",
      headers: { "x-api-key": "sim-ok", "Content-Type": "application/json" },
      body: JSON.stringify(orderBody({ order_date: "2999-01-01" })),
    });
    return ((await response.json()) as { data: { order_no: string } }).data.order_no;
  };

  it("forgets nothing that it answered when it is killed", async () => {
    const first = await start();
    const made = await Promise.all(Array.from({ length: 20 }, (_, at) => create(first.url, `KILL-${at}`)));
    expect(made.map((answer) => answer.status)).toEqual(Array.from({ length: 20 }, () => 201));
    const booked = await Promise.all(Array.from({ length: 20 }, () => book(first.url)));
    first.child.kill("SIGKILL");
    await once(first.child, "exit");
    const second = await start();
    for (let at = 0; at < 20; at += 1) {
      const known = await fetch(`${second.url}/sandbox/transactions/KILL-${at}`);
      expect(known.status).toBe(200);
    }
    for (const orderNo of booked) {
      expect((await fetch(`${second.url}/sandbox/shipments/${orderNo}`)).status).toBe(200);
    }
  });

  it("is healthy while it runs and ends cleanly when told to", async () => {
    const { child, url } = await start();
    expect(await (await fetch(`${url}/healthz`)).json()).toEqual({ status: "ok" });
    child.kill("SIGTERM");
    expect(await once(child, "exit")).toEqual([0, null]);
  });

  it("names a bad variable and stops", async () => {
    const child = spawn(process.execPath, ["sandbox/main.ts"], {
      env: { PATH: process.env["PATH"] ?? "", SANDBOX_TIME_SCALE: "fast" },
      stdio: ["ignore", "ignore", "pipe"],
    });
    children.push(child);
    let said = "";
    child.stderr?.on("data", (chunk: Buffer) => {
      said += chunk.toString();
    });
    expect(await once(child, "close")).toEqual([1, null]);
    expect(said).toContain("SANDBOX_TIME_SCALE");
  });
});
