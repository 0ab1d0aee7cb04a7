import { useApolloClient, useMutation, useQuery } from "@apollo/client/react";
import { useMemo, useState } from "react";
import {
  PaymentDocument,
  type PaymentStateFragment,
  RenewPaymentTokenDocument,
  StartPaymentDocument,
  SyncPaymentDocument,
} from "../graphql/generated/shop/graphql.ts";
import { useNow } from "../ui/useNow.ts";
import { useWatch } from "../ui/useWatch.ts";
import { createAttempts } from "./attempt.ts";
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
  readonly restarting: boolean;
  readonly syncing: boolean;
  /** What restart or sync was refused with. */
  readonly refusal: unknown;
  /** A new try at Midtrans, and over to its page as soon as there is one. */
  restart(): Promise<void>;
  /** Asks the server to ask Midtrans. */
  sync(): Promise<void>;
  retry(): void;
}

const LIVE_STEPS: ReadonlySet<PayStep> = new Set<PayStep>(["pay", "preparing", "start", "again", "review"]);

/** A payment that is watched while it can still change, and what can be done about it. */
export function usePayment(paymentId: string): PaymentView {
  const client = useApolloClient();
  const { data, loading, error, refetch } = useQuery(PaymentDocument, {
    variables: { id: paymentId },
    fetchPolicy: "cache-and-network",
    nextFetchPolicy: "cache-first",
  });
  const payment = data?.payment;
  const now = useNow(payment?.status === "PENDING");
  const step = payment ? payStep(payment, now) : undefined;
  useWatch(step !== undefined && (LIVE_STEPS.has(step) || payment?.status === "PENDING"), refetch);
  const attempts = useMemo(() => createAttempts(() => crypto.randomUUID()), []);
  const [start] = useMutation(StartPaymentDocument);
  const [renew] = useMutation(RenewPaymentTokenDocument);
  const [syncPayment, { loading: syncing, error: syncError }] = useMutation(SyncPaymentDocument);
  const [restarting, setRestarting] = useState(false);
  const [refusal, setRefusal] = useState<unknown>();

  async function restart() {
    if (restarting) return;
    setRestarting(true);
    setRefusal(undefined);
    try {
      // The token is good once; the key makes the start itself happen once for each try.
      const renewed = await renew({ variables: { paymentId } });
      const paymentToken = renewed.data?.renewPaymentToken.paymentToken ?? "";
      const idempotencyKey = attempts.keyFor({ paymentId, after: payment?.currentTransaction?.id ?? null });
      const input = { paymentId, method: "SNAP" as const, paymentToken, idempotencyKey };
      const started = await start({ variables: { input } });
      const page = started.data && payPage(started.data.startPayment);
      if (page) window.location.assign(page);
    } catch (failed) {
      setRefusal(failed);
      // The refusal may mean that it is paid meanwhile: the page shows what is true now.
      await client.refetchQueries({ include: [PaymentDocument] }).catch(() => undefined);
    } finally {
      setRestarting(false);
    }
  }

  return {
    payment,
    step,
    now,
    loading: loading && !data,
    error: data ? undefined : error,
    stale: data !== undefined && error !== undefined,
    restarting,
    syncing,
    refusal: refusal ?? syncError,
    restart,
    async sync() {
      // A refusal stands in syncError.
      await syncPayment({ variables: { paymentId } }).catch(() => undefined);
    },
    retry: () => void refetch().catch(() => undefined),
  };
}
