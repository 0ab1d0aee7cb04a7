import { useMutation } from "@apollo/client/react";
import { Link } from "react-router";
import {
  AdminCancelSubscriptionDocument,
  AdminSubscriptionsDocument,
  type DeskSubscriptionFragment,
} from "../graphql/generated/admin/graphql.ts";
import { cardName } from "../shop/pay/cardName.ts";
import cards from "../ui/Card.module.css";
import { ConfirmAction } from "../ui/ConfirmAction.tsx";
import { Failure } from "../ui/Failure.tsx";
import { money } from "../ui/format.ts";
import { Page } from "../ui/Page.tsx";
import { StatusChip } from "../ui/StatusChip.tsx";
import { canEndSubscription, paymentMeaning, type SubscriptionState, subscriptionMeaning } from "../ui/status.ts";
import { useToast } from "../ui/Toast.tsx";
import { type Column, DataTable } from "./DataTable.tsx";
import { ChoiceFilter, FilterBar } from "./Filters.tsx";
import { NEWS } from "./news.ts";
import styles from "./Proofs.module.css";
import { useDeskWords } from "./useDeskWords.ts";
import { useFilters } from "./useFilters.ts";
import { useList, useListWatch } from "./useList.ts";
import { useMethodNames } from "./useMethodNames.ts";

const STATES = Object.keys(subscriptionMeaning) as SubscriptionState[];

/** Who pays for a package by the month, how that stands, and its end where its owner can't do that himself. */
export function SubscriptionsPage() {
  const { t } = useDeskWords();
  const filters = useFilters(["state"]);
  const { state } = filters.values;
  const asked = { state: state ? STATES.filter((known) => known === state) : null };
  const list = useList(AdminSubscriptionsDocument, asked, (data) => data.adminSubscriptions);
  useListWatch(list);
  return (
    <Page title={t("subscriptions.title")}>
      <FilterBar onClear={filters.clear}>
        <ChoiceFilter
          label={t("admin.state")}
          any={t("admin.anyStatus")}
          value={state}
          options={STATES.map((value) => ({ value, label: t(`subscription.${value}`) }))}
          onChange={(value) => filters.set("state", value)}
        />
      </FilterBar>
      <DataTable
        label={t("subscriptions.title")}
        columns={useColumns()}
        list={list}
        onClear={filters.clear}
        nothing={{ title: t("deskSubscriptions.none"), text: t("deskSubscriptions.noneText") }}
        detail={(row) => <Opened subscription={row} />}
      />
    </Page>
  );
}

function useColumns(): ReadonlyArray<Column<DeskSubscriptionFragment>> {
  const { t, on } = useDeskWords();
  const nameOf = useMethodNames();
  const by = ({ method, maskedCard, maskedPhone }: DeskSubscriptionFragment) =>
    maskedCard ? cardName({ maskedCard }) : `${nameOf(method)} ${maskedPhone ?? ""}`;
  return [
    {
      key: "number",
      label: t("admin.number"),
      cell: (row) => (
        <>
          {row.number}
          <br />
          <small>{row.packageName}</small>
        </>
      ),
    },
    {
      key: "state",
      label: t("admin.state"),
      cell: ({ state, problem }) => (
        <>
          <StatusChip
            meaning={subscriptionMeaning[state]}
            label={t(`subscription.${state}`)}
            status={state}
            testId="subscription-state"
          />
          {problem && (
            <>
              <br />
              <small>{t(`subscriptionProblem.${problem}`)}</small>
            </>
          )}
        </>
      ),
    },
    {
      key: "learner",
      label: t("enrollments.learner"),
      cell: ({ user }) => (
        <>
          {user.name}
          <br />
          <small>{user.email}</small>
        </>
      ),
    },
    { key: "by", label: t("subscriptions.by"), cell: by },
    { key: "amount", label: t("deskSubscriptions.month"), number: true, cell: (row) => money(row.amount) },
    { key: "next", label: t("subscriptions.next"), fit: "whole", cell: (row) => on(row.nextChargeAt) || "–" },
    { key: "paid", label: t("subscriptions.paidUntil"), fit: "whole", cell: (row) => on(row.paidUntil) || "–" },
  ];
}

/** Its charges, each a payment of its own, and its end. */
function Opened({ subscription }: { readonly subscription: DeskSubscriptionFragment }) {
  const { t, at } = useDeskWords();
  const { charges, createdAt, endedAt, hasAccess, state } = subscription;
  return (
    <div className={cards.stack}>
      <p className={cards.soft}>
        {t("deskSubscriptions.since", { when: at(createdAt) })}
        {endedAt && ` · ${t("deskSubscriptions.ended", { when: at(endedAt) })}`}
        {` · ${t("subscriptions.access")} ${t(hasAccess ? "subscriptions.open" : "subscriptions.shut")}`}
      </p>
      {charges.length === 0 && <p>{t("deskSubscriptions.noCharges")}</p>}
      <ul className={styles.grants} aria-label={t("subscriptions.charges", { count: charges.length })}>
        {charges.map((charge) => (
          <li key={charge.id} data-testid="charge">
            <Link to={`/admin/payments/${charge.id}`}>{charge.number}</Link>
            <StatusChip meaning={paymentMeaning[charge.status]} label={t(`paymentStatus.${charge.status}`)} />
            <span>{money(charge.amount)}</span>
            <small>{at(charge.createdAt)}</small>
          </li>
        ))}
      </ul>
      {canEndSubscription(state) && <End subscription={subscription} />}
    </div>
  );
}

function End({ subscription: { id, paidUntil } }: { readonly subscription: DeskSubscriptionFragment }) {
  const { t, on } = useDeskWords();
  const say = useToast();
  const [cancel, { loading, error }] = useMutation(AdminCancelSubscriptionDocument, NEWS);
  const end = async () => {
    // A refusal stands in `error`.
    if ((await cancel({ variables: { id } }).catch(() => null))?.data) say(t("subscriptions.ended"));
  };
  return (
    <div>
      {error && <Failure error={error} />}
      <ConfirmAction
        label={t("subscriptions.end")}
        effect={paidUntil ? t("subscriptions.endEffect", { when: on(paidUntil) }) : t("subscriptions.endUnpaidEffect")}
        loading={loading}
        onConfirm={end}
        testId="end-subscription"
        danger
      />
    </div>
  );
}
