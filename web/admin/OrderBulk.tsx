import { useApolloClient } from "@apollo/client/react";
import { Button } from "@mantine/core";
import { useState } from "react";
import { Link } from "react-router";
import { AdminSyncPaymentDocument, type PaymentStatus } from "../graphql/generated/admin/graphql.ts";
import cards from "../ui/Card.module.css";
import { useFailureWords } from "../ui/Failure.tsx";
import { failureOf } from "../ui/failure.ts";
import { RefreshIcon } from "../ui/icons/icons.tsx";
import { StatusChip } from "../ui/StatusChip.tsx";
import type { OrderRow } from "./orderColumns.tsx";
import { PickAll } from "./PickBox.tsx";
import styles from "./Shipping.module.css";
import { useDeskWords } from "./useDeskWords.ts";
import type { Selection } from "./useSelection.ts";

/** What became of asking Midtrans about one order's payment. */
interface Outcome {
  readonly order: OrderRow;
  readonly kind: "waiting" | "same" | "changed" | "failed";
  readonly before?: PaymentStatus;
  readonly after?: PaymentStatus;
  /** Of failed, in words. */
  readonly why?: string;
}

const MEANINGS = { waiting: "waiting", same: "ended", changed: "good", failed: "wrong" } as const;

/** Asks Midtrans about the payments of the marked orders, one after the other, and keeps what became of each. */
function useBulkCheck() {
  const client = useApolloClient();
  const wordsFor = useFailureWords();
  const [outcomes, setOutcomes] = useState<readonly Outcome[]>([]);
  const [running, setRunning] = useState(false);
  const ask = async (order: OrderRow): Promise<Outcome> => {
    const before = order.payment.status;
    try {
      const { data } = await client.mutate({
        mutation: AdminSyncPaymentDocument,
        variables: { paymentId: order.payment.id },
      });
      const after = data?.syncPayment.status ?? before;
      return { order, kind: after === before ? "same" : "changed", before, after };
    } catch (error) {
      return { order, kind: "failed", why: wordsFor(failureOf(error)) };
    }
  };
  const run = async (orders: readonly OrderRow[], kept: readonly Outcome[] = []) => {
    setRunning(true);
    const now: Outcome[] = [...kept, ...orders.map((order) => ({ order, kind: "waiting" as const }))];
    setOutcomes([...now]);
    for (const [place, order] of orders.entries()) {
      now[kept.length + place] = await ask(order);
      setOutcomes([...now]);
    }
    setRunning(false);
    // Where the line is gone the list stays as it was; the outcomes say so.
    await client.refetchQueries({ include: ["AdminOrders"] }).catch(() => null);
  };
  const failed = outcomes.filter(({ kind }) => kind === "failed");
  return {
    outcomes,
    running,
    failed,
    start: (orders: readonly OrderRow[]) => run(orders),
    again: () =>
      run(
        failed.map(({ order }) => order),
        outcomes.filter(({ kind }) => kind !== "failed"),
      ),
    close: () => setOutcomes([]),
  };
}
type BulkCheck = ReturnType<typeof useBulkCheck>;

/** What can be done with the marked orders, and what became of each. */
export function OrderBulk({ selection }: { readonly selection: Selection<OrderRow> }) {
  const { t } = useDeskWords();
  const check = useBulkCheck();
  const count = selection.rows.length;
  // Its outcomes stay where what was asked about has left the list.
  if (!selection.isPossible && check.outcomes.length === 0) return null;
  return (
    <section className={`${cards.card} ${styles.bulk}`} aria-label={t("bulk.title")}>
      {selection.isPossible && <PickAll selection={selection} />}
      {count > 0 && (
        <>
          <div className={cards.actions}>
            <Button
              size="sm"
              leftSection={<RefreshIcon size={16} />}
              loading={check.running}
              onClick={() => void check.start(selection.rows)}
              data-testid="bulk-check"
            >
              {t("bulk.check", { count })}
            </Button>
          </div>
          <p className={styles.how}>{t("bulk.checkHow")}</p>
        </>
      )}
      {check.outcomes.length > 0 && <Outcomes check={check} />}
    </section>
  );
}

function Outcomes({ check }: { readonly check: BulkCheck }) {
  const { t } = useDeskWords();
  const { outcomes, running, failed } = check;
  const done = outcomes.filter(({ kind }) => kind !== "waiting").length;
  return (
    <div className={cards.stack} data-testid="bulk-results">
      <h2>{t("bulk.results")}</h2>
      <progress className={styles.bar} aria-label={t("bulk.results")} value={done} max={outcomes.length} />
      <p role="status">{t("bulk.progress", { done, all: outcomes.length })}</p>
      <ul className={styles.outcomes}>
        {outcomes.map((outcome) => (
          <OutcomeRow key={outcome.order.id} outcome={outcome} />
        ))}
      </ul>
      {!running && (
        <div className={cards.actions}>
          {failed.length > 0 && (
            <Button size="sm" onClick={() => void check.again()}>
              {t("bulk.again", { count: failed.length })}
            </Button>
          )}
          <Button size="sm" variant="default" onClick={check.close}>
            {t("bulk.close")}
          </Button>
        </div>
      )}
    </div>
  );
}

function OutcomeRow({ outcome }: { readonly outcome: Outcome }) {
  const { t } = useDeskWords();
  const { order, kind, before, after, why } = outcome;
  const status = (word: PaymentStatus | undefined) => (word ? t(`paymentStatus.${word}`) : "");
  const text = {
    waiting: "",
    same: t("bulk.same", { status: status(after) }),
    changed: t("bulk.changed", { before: status(before), after: status(after) }),
    failed: why ?? "",
  }[kind];
  const short = { waiting: "bulk.waitingShort", same: "bulk.sameShort", changed: "bulk.changedShort" } as const;
  return (
    <li data-testid="bulk-outcome" data-outcome={kind}>
      <Link to={`/admin/orders/${order.id}`}>{order.number}</Link>
      <StatusChip meaning={MEANINGS[kind]} label={t(kind === "failed" ? "bulk.failed" : short[kind])} />
      <span>{text}</span>
    </li>
  );
}
