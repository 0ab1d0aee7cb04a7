import { useMutation } from "@apollo/client/react";
import { Button } from "@mantine/core";
import { Link } from "react-router";
import { type AlertRowFragment, AlertsDocument, ClearAlertDocument } from "../graphql/generated/admin/graphql.ts";
import { Bone } from "../ui/Bone.tsx";
import cards from "../ui/Card.module.css";
import { Empty } from "../ui/Empty.tsx";
import { Failure } from "../ui/Failure.tsx";
import { BellIcon } from "../ui/icons/icons.tsx";
import { Loading } from "../ui/Loading.tsx";
import { LoadMore } from "../ui/LoadMore.tsx";
import { Page } from "../ui/Page.tsx";
import { StatusChip } from "../ui/StatusChip.tsx";
import type { Meaning } from "../ui/status.ts";
import { useToast } from "../ui/Toast.tsx";
import styles from "./AlertsPage.module.css";
import { NoteAction } from "./NoteAction.tsx";
import { NEWS } from "./news.ts";
import { TechnicalDetail } from "./TechnicalDetail.tsx";
import { useDeskWords } from "./useDeskWords.ts";
import { useFilters } from "./useFilters.ts";
import { useList, useListWatch } from "./useList.ts";

const meanings: Readonly<Record<AlertRowFragment["severity"], Meaning>> = {
  INFO: "way",
  WARNING: "waiting",
  CRITICAL: "wrong",
};
/** What the kinds of alerts that stand for a money case begin with. */
const CASE = "MONEY_CASE_";
/** As the server takes it. */
const NOTE_MAX = 300;

/** Every alert, the open ones first; each is cleared with a note for the next person. */
export function AlertsPage() {
  const { t } = useDeskWords();
  const filters = useFilters(["all"]);
  const open = filters.values.all !== "1";
  const list = useList(AlertsDocument, { open }, (data) => data.alerts);
  useListWatch(list);
  const { connection: alerts, loading, error } = list;
  return (
    <Page title={t("admin.alerts")} aside={<Which open={open} onChange={(all) => filters.set("all", all)} />}>
      {error && !alerts ? <Failure error={error} onRetry={list.retry} /> : null}
      {!alerts && loading && (
        <Loading>
          <Bone height={100} />
        </Loading>
      )}
      {alerts?.edges.length === 0 && (
        <Empty
          icon={<BellIcon size={32} />}
          title={t("admin.noAlertsTitle")}
          text={t("admin.noAlerts")}
          action={
            <Button component={Link} to="/admin" variant="light">
              {t("admin.home")}
            </Button>
          }
        />
      )}
      <div className={cards.stack}>
        {alerts?.edges.map(({ node }) => (
          <AlertCard key={node.id} alert={node} />
        ))}
        {alerts?.pageInfo.hasNextPage && <LoadMore load={() => list.fetchMore(alerts.pageInfo.endCursor ?? "")} />}
      </div>
    </Page>
  );
}

function Which({ open, onChange }: { readonly open: boolean; onChange(all: "" | "1"): void }) {
  const { t } = useDeskWords();
  return (
    <div className={styles.switch}>
      <Button size="sm" variant={open ? "filled" : "default"} aria-pressed={open} onClick={() => onChange("")}>
        {t("admin.showOpen")}
      </Button>
      <Button size="sm" variant={open ? "default" : "filled"} aria-pressed={!open} onClick={() => onChange("1")}>
        {t("admin.showAll")}
      </Button>
    </div>
  );
}

/** What an alert is about, in words; its own one where it has none. */
function useAlertName(kind: string): string {
  const { t, named } = useDeskWords();
  const ofCase = kind.startsWith(CASE) ? kind.slice(CASE.length) : "";
  if (ofCase) return t("alertKind.MONEY_CASE", { kind: named(`caseKind.${ofCase}`, ofCase) });
  return named(`alertKind.${kind}`, kind);
}

/** One alert, and its end. */
export function AlertCard({ alert }: { readonly alert: AlertRowFragment }) {
  const { t, at } = useDeskWords();
  const name = useAlertName(alert.kind);
  return (
    <article className={`${cards.card} ${styles.alert}`} data-testid="alert">
      <header>
        <StatusChip
          meaning={meanings[alert.severity]}
          label={t(`severity.${alert.severity}`)}
          status={alert.severity}
        />
        <strong>{name}</strong>
        <span className={cards.soft}>
          {t("admin.subject")}: {alert.subject}
        </span>
      </header>
      <p className={cards.soft}>
        <code>{alert.kind}</code> · {t("admin.raised", { when: at(alert.raisedAt) })}
        {alert.clearedAt && ` · ${t("admin.clearedAt", { when: at(alert.clearedAt) })}`}
      </p>
      <TechnicalDetail text={alert.message} />
      {!alert.clearedAt && <ClearAlert id={alert.id} />}
    </article>
  );
}

function ClearAlert({ id }: { readonly id: string }) {
  const { t } = useDeskWords();
  const say = useToast();
  const [clear, { loading, error }] = useMutation(ClearAlertDocument, NEWS);
  const send = async (note: string) => {
    if ((await clear({ variables: { id, note } }).catch(() => null))?.data) say(t("admin.cleared"));
  };
  return (
    <NoteAction
      label={t("admin.clear")}
      note={t("admin.clearNote")}
      noteMax={NOTE_MAX}
      loading={loading}
      error={error}
      testIds={["clear-alert", "clear-note", "clear-confirm"]}
      onSend={send}
    />
  );
}
