import { useApolloClient, useMutation, useQuery } from "@apollo/client/react";
import { useMemo, useState } from "react";
import { useNavigate } from "react-router";
import {
  PaymentDocument,
  type PaymentStateFragment,
  RenewPaymentTokenDocument,
  StartPaymentDocument,
  SyncPaymentDocument,
} from "../graphql/generated/buying/graphql.ts";
import { useNow } from "../ui/useNow.ts";
import { useWatch } from "../ui/useWatch.ts";
import { createAttempts } from "./attempt.ts";
import type { Method } from "./pay/methodGroups.ts";
import { type PayStep, payPage, payStep } from "./payStep.ts";

export interface PaymentView {
  readonly payment: PaymentStateFragment | null | undefined;
  readonly step: PayStep | undefined;
  readonly now: number;
  readonly loading: boolean;
  /** No payment could be read at all. */
  readonly error: unknown;
  /** The last look failed while an older answer is on the page. */
  readonly stale: boolean;
  /** A method is being started, and what was open before is being closed. */
  readonly starting: boolean;
  readonly syncing: boolean;
  /** What start or sync was refused with. */
  readonly refusal: unknown;
  /** Pays by a method or a saved card from here on: over to its page, or shown on the payment's own. False: refused. */
  start(method: Method, savedCardId?: string): Promise<boolean>;
  /** Asks the server to ask Midtrans. */
  sync(): Promise<void>;
  retry(): void;
}

const LIVE_STEPS: ReadonlySet<PayStep> = new Set<PayStep>(["pay", "preparing", "unknown", "start", "again", "review"]);

/** Starting a payment by a method, once for each press; `after` is the try that stands there now. */
function useStart(paymentId: string, after: string | null) {
  const client = useApolloClient();
  const attempts = useMemo(() => createAttempts(() => crypto.randomUUID()), []);
  const navigate = useNavigate();
  const [startPayment] = useMutation(StartPaymentDocument);
  const [renew] = useMutation(RenewPaymentTokenDocument);
  const [starting, setStarting] = useState(false);
  const [refusal, setRefusal] = useState<unknown>();

  async function start(method: Method, savedCardId?: string) {
    if (starting) return false;
    setStarting(true);
    setRefusal(undefined);
    try {
      // The token is good once; the key makes the start itself happen once for each try.
      const renewed = await renew({ variables: { paymentId } });
      const paymentToken = renewed.data?.renewPaymentToken.paymentToken ?? "";
      const idempotencyKey = attempts.keyFor({ paymentId, method, savedCardId, after });
      const card = savedCardId === undefined ? {} : { savedCardToken: savedCardId };
      const input = { paymentId, method, paymentToken, idempotencyKey, ...card };
      const started = await startPayment({ variables: { input } });
      const page = started.data && payPage(started.data.startPayment);
      if (page) window.location.assign(page);
      else await navigate(`/payments/${paymentId}`, { replace: true, preventScrollReset: true });
      return true;
    } catch (failed) {
      setRefusal(failed);
      // The refusal may mean that it is paid meanwhile: the page shows what is true now.
      await client.refetchQueries({ include: [PaymentDocument] }).catch(() => undefined);
      return false;
    } finally {
      setStarting(false);
    }
  }

  return { start, starting, refusal };
}

/** A payment that is watched while it can still change, and what can be done about it. */
export function usePayment(paymentId: string): PaymentView {
  const { data, loading, error, refetch } = useQuery(PaymentDocument, {
    variables: { id: paymentId },
    fetchPolicy: "cache-and-network",
    nextFetchPolicy: "cache-first",
  });
  const payment = data?.payment;
  const now = useNow(payment?.status === "PENDING");
  const step = payment ? payStep(payment, now) : undefined;
  const { status } = payment ?? {};
  // What is paid may be taken back by its bank within minutes, and is given back where its order is cancelled.
  const isWatched = step !== undefined && (LIVE_STEPS.has(step) || status === "PENDING" || status === "PAID");
  useWatch(isWatched, refetch, status);
  const [syncPayment, { loading: syncing, error: syncError }] = useMutation(SyncPaymentDocument);
  const { start, starting, refusal } = useStart(paymentId, payment?.currentTransaction?.id ?? null);
  return {
    payment,
    step,
    now,
    loading: loading && !data,
    error: data ? undefined : error,
    stale: data !== undefined && error !== undefined,
    starting,
    syncing,
    refusal: refusal ?? syncError,
    start,
    async sync() {
      // A refusal stands in syncError.
      await syncPayment({ variables: { paymentId } }).catch(() => undefined);
    },
    retry: () => void refetch().catch(() => undefined),
  };
}
