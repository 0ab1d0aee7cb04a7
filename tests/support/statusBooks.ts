import { once } from "node:events";
import { createServer, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { DEMO_KEYS } from "../../platform/config.ts";

/** A status answer as Midtrans writes it. */
export interface StatusAnswer {
  readonly order_id: string;
  readonly transaction_id: string;
  readonly transaction_status: string;
  readonly gross_amount: string;
  readonly payment_type: string;
  readonly currency: string;
  readonly merchant_id: string;
  readonly status_code: string;
  readonly fraud_status?: string;
  readonly settlement_time?: string;
  readonly expiry_time?: string;
  readonly refund_amount?: string;
  readonly refunds?: readonly {
    readonly refund_chargeback_id: string;
    readonly refund_amount: string;
    readonly refund_key: string;
  }[];
}

/** The books of a gateway that answers for the status of what it was told, and for nothing else. */
export interface StatusBooks {
  readonly url: string;
  /** From now on answered under its order id and its transaction's id; the newest one of an order id counts. */
  put(answer: StatusAnswer): void;
  /** As if it had never been. */
  forget(...ids: readonly string[]): void;
  /** What is answered under an id now. */
  find(id: string): StatusAnswer | undefined;
  /** How many calls it had. */
  calls(): number;
  /** The most calls that began within one second. */
  mostInASecond(): number;
  /** Calls about these ids are answered by what nobody can read. */
  garble(...ids: readonly string[]): void;
  /** So many calls more are answered, and those behind them wait until `release`: who makes them does not get away. */
  holdAfter(calls: number): void;
  /** Cuts the calls that wait, and answers from now on. */
  release(): void;
  stop(): Promise<void>;
}

export const inRupiah = (amount: number): string => `${amount}.00`;

/** An everyday answer: paid in full by QRIS, and settled. */
export function settled(orderId: string, transactionId: string, amount: number): StatusAnswer {
  return {
    order_id: orderId,
    transaction_id: transactionId,
    transaction_status: "settlement",
    gross_amount: inRupiah(amount),
    payment_type: "qris",
    currency: "IDR",
    merchant_id: DEMO_KEYS.midtransMerchant,
    status_code: "200",
    fraud_status: "accept",
    settlement_time: "2026-11-20 14:05:00",
  };
}

const PATH = /^\/v2\/([^/]+)\/status/;
const SECOND_MS = 1_000;

/** Starts one on a port of its own. */
export async function startStatusBooks(): Promise<StatusBooks> {
  const answers = new Map<string, StatusAnswer>();
  const garbled = new Set<string>();
  const begun: number[] = [];
  let answered = Number.POSITIVE_INFINITY;
  let held: ServerResponse[] = [];
  const server = createServer((request, response) => {
    begun.push(performance.now());
    if (begun.length > answered) {
      held.push(response);
      return;
    }
    const id = decodeURIComponent(PATH.exec(request.url ?? "")?.[1] ?? "");
    const found = answers.get(id);
    const unreadable = { status_code: "200", transaction_status: 7 };
    const none = { status_code: "404", status_message: "Transaction doesn't exist." };
    const body = garbled.has(id) ? unreadable : (found ?? none);
    response.writeHead(200, { "content-type": "application/json" }).end(JSON.stringify(body));
  }).listen(0, "127.0.0.1");
  await once(server, "listening");
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    put(answer) {
      answers.set(answer.order_id, answer);
      answers.set(answer.transaction_id, answer);
    },
    forget: (...ids) => {
      for (const id of ids) answers.delete(id);
    },
    find: (id) => answers.get(id),
    calls: () => begun.length,
    mostInASecond() {
      let most = 0;
      for (let [first, last] = [0, 0]; last < begun.length; last++) {
        while ((begun[last] as number) - (begun[first] as number) >= SECOND_MS) first++;
        most = Math.max(most, last - first + 1);
      }
      return most;
    },
    garble: (...ids) => {
      for (const id of ids) garbled.add(id);
    },
    holdAfter: (calls) => {
      answered = begun.length + calls;
    },
    release() {
      answered = Number.POSITIVE_INFINITY;
      for (const response of held) response.destroy();
      held = [];
    },
    async stop() {
      server.closeAllConnections();
      server.close();
      await once(server, "close");
    },
  };
}
