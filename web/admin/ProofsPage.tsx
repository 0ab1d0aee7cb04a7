import { Button } from "@mantine/core";
import { useEffect, useState } from "react";
import { Link } from "react-router";
import {
  PaymentsToApproveDocument,
  type ProofFragment,
  type ProofRowFragment,
} from "../graphql/generated/admin/graphql.ts";
import { Bone } from "../ui/Bone.tsx";
import cards from "../ui/Card.module.css";
import { Empty } from "../ui/Empty.tsx";
import { Failure } from "../ui/Failure.tsx";
import { count, money } from "../ui/format.ts";
import { CheckIcon } from "../ui/icons/icons.tsx";
import { Loading } from "../ui/Loading.tsx";
import { LoadMore } from "../ui/LoadMore.tsx";
import { Page } from "../ui/Page.tsx";
import { StatusChip } from "../ui/StatusChip.tsx";
import { paymentMeaning } from "../ui/status.ts";
import { caseAge } from "./caseAge.ts";
import styles from "./Proofs.module.css";
import { ProofView } from "./ProofView.tsx";
import { useDeskWords } from "./useDeskWords.ts";
import { useFilters } from "./useFilters.ts";
import { type List, useList, useListWatch } from "./useList.ts";
import { useMinute } from "./useMinute.ts";

/** Payments for courses that wait for a person: the queue, and the one that is looked at beside it. */
export function ProofsPage() {
  const { t } = useDeskWords();
  const { values, set } = useFilters(["id"]);
  const [last, setLast] = useState<ProofFragment | null>(null);
  const list = useList(PaymentsToApproveDocument, {}, (data) => data.paymentsToApprove);
  useListWatch(list);
  // What was decided here leaves the queue at once; the one after it is next.
  const rows = (list.connection?.edges ?? []).map(({ node }) => node).filter(({ id }) => id !== last?.id);
  const first = rows[0]?.id ?? "";
  const chosen = values.id || first;
  // Whose proof is looked at stays, whatever comes to the queue or leaves it.
  useEffect(() => {
    if (values.id === "" && first !== "") set("id", first);
  });
  const decided = (payment: ProofFragment) => {
    setLast(payment);
    const place = rows.findIndex(({ id }) => id === payment.id);
    set("id", rows[place + 1]?.id ?? rows.find(({ id }) => id !== payment.id)?.id ?? "");
    list.retry();
  };
  return (
    <Page title={t("proofs.title")}>
      {last && <LastDecision payment={last} />}
      {list.error && !list.connection ? <Failure error={list.error} onRetry={list.retry} /> : null}
      {!list.connection && list.loading && (
        <Loading>
          <Bone height={320} />
        </Loading>
      )}
      {list.connection && chosen === "" && (
        <Empty
          icon={<CheckIcon size={32} />}
          title={t("proofs.none")}
          text={t("proofs.noneText")}
          action={
            <Button component={Link} to="/admin/enrollments" variant="light">
              {t("proofs.toEnrollments")}
            </Button>
          }
        />
      )}
      {list.connection && chosen !== "" && (
        <div className={styles.desk}>
          <Queue list={list} rows={rows} chosen={chosen} />
          <ProofView
            key={chosen}
            id={chosen}
            isWaiting={rows.some(({ id }) => id === chosen)}
            onDecided={decided}
            onStale={list.retry}
          />
        </div>
      )}
    </Page>
  );
}

interface QueueProps {
  readonly list: List<ProofRowFragment>;
  readonly rows: readonly ProofRowFragment[];
  readonly chosen: string;
}

function Queue({ list, rows, chosen }: QueueProps) {
  const { t } = useDeskWords();
  const page = list.connection?.pageInfo;
  return (
    <section aria-label={t("proofs.queue")} className={styles.queue}>
      <h2>
        {t("proofs.queue")} <span className="tabular">{count(list.connection?.totalCount ?? 0)}</span>
      </h2>
      <ul>
        {rows.map((row) => (
          <QueueRow key={row.id} row={row} isChosen={row.id === chosen} />
        ))}
      </ul>
      {page?.hasNextPage && <LoadMore load={() => list.fetchMore(page.endCursor ?? "")} />}
    </section>
  );
}

function QueueRow({ row, isChosen }: { readonly row: ProofRowFragment; readonly isChosen: boolean }) {
  const { t } = useDeskWords();
  const now = useMinute();
  const age = caseAge(row.createdAt, now);
  return (
    <li>
      <Link
        to={`/admin/proofs?id=${row.id}`}
        replace
        aria-current={isChosen ? "true" : undefined}
        data-testid="proof-row"
      >
        <strong className="tabular">{money(row.amount)}</strong>
        <span>{t(`cases.${age.unit}`, { count: age.count })}</span>
        <span>{row.user.name}</span>
        <small>{row.package?.name}</small>
      </Link>
    </li>
  );
}

/** What the last click did, for who has gone on to the next already. */
function LastDecision({ payment }: { readonly payment: ProofFragment }) {
  const { t } = useDeskWords();
  const isApproved = payment.status === "APPROVED";
  const names = { name: payment.user.name, count: payment.enrollments.length };
  return (
    <section className={`${cards.card} ${styles.last}`} aria-label={t("proofs.last")} data-testid="proof-outcome">
      <StatusChip
        meaning={paymentMeaning[payment.status]}
        label={t(`paymentStatus.${payment.status}`)}
        status={payment.status}
      />
      <p role="status">{t(isApproved ? "proofs.approved" : "proofs.rejected", names)}</p>
      <Link to={`/admin/payments/${payment.id}`}>{payment.number}</Link>
    </section>
  );
}
