import { useMutation, useQuery } from "@apollo/client/react";
import { Button } from "@mantine/core";
import { Link, useParams } from "react-router";
import { usePerson } from "../account/usePerson.ts";
import { MoneyCaseDocument, TakeMoneyCaseDocument } from "../graphql/generated/admin/graphql.ts";
import { LostPage } from "../shop/LostPage.tsx";
import { Bone } from "../ui/Bone.tsx";
import cards from "../ui/Card.module.css";
import { Failure } from "../ui/Failure.tsx";
import { money } from "../ui/format.ts";
import { BackIcon, DocumentIcon, PersonIcon } from "../ui/icons/icons.tsx";
import { Loading } from "../ui/Loading.tsx";
import { Page } from "../ui/Page.tsx";
import { StatusChip } from "../ui/StatusChip.tsx";
import { useToast } from "../ui/Toast.tsx";
import { useWatch } from "../ui/useWatch.ts";
import inbox from "./InboxPage.module.css";
import { NEWS } from "./news.ts";
import styles from "./OrderPage.module.css";
import { pretty } from "./pretty.ts";
import { type Case, ResolveCase } from "./ResolveCase.tsx";
import { TechnicalDetail } from "./TechnicalDetail.tsx";
import { useDeskWords } from "./useDeskWords.ts";

/** One money case: what is known, who looks after it, and how it ends or ended. */
export function CasePage() {
  const { t, named } = useDeskWords();
  const { id = "" } = useParams();
  const { data, loading, error, refetch } = useQuery(MoneyCaseDocument, {
    variables: { id },
    fetchPolicy: "cache-and-network",
    nextFetchPolicy: "cache-first",
  });
  const found = data?.moneyCase;
  // A colleague may take or end it.
  useWatch(!!found && !found.resolvedAt, () => refetch());
  if (data && !found && !loading) return <LostPage />;
  return (
    <Page
      title={found ? named(`caseKind.${found.kind}`, found.kind) : t("cases.one")}
      aside={
        found && (
          <StatusChip
            meaning={found.resolvedAt ? "ended" : found.owner ? "waiting" : "wrong"}
            label={t(found.resolvedAt ? "cases.isEnded" : found.owner ? "cases.isTaken" : "cases.isOpen")}
            status={found.resolvedAt ? "ENDED" : found.owner ? "TAKEN" : "OPEN"}
            testId="case-state"
          />
        )
      }
    >
      <Link to="/admin/cases" className={styles.back}>
        <BackIcon size={18} /> {t("cases.title")}
      </Link>
      {error && !found ? <Failure error={error} onRetry={() => void refetch()} /> : null}
      {!found && loading && (
        <Loading>
          <Bone height={320} />
        </Loading>
      )}
      {found && (
        <div className={cards.columns}>
          <div className={cards.stack}>
            <About found={found} />
            <Evidence evidence={found.evidence} />
          </div>
          <div className={cards.stack}>
            {found.resolvedAt ? <Ended found={found} /> : <Owner found={found} />}
            {!found.resolvedAt && <ResolveCase found={found} />}
          </div>
        </div>
      )}
    </Page>
  );
}

function About({ found }: { readonly found: Case }) {
  const { t, at } = useDeskWords();
  return (
    <section className={`${cards.card} ${cards.stack}`}>
      <dl className={cards.rows}>
        <div className={cards.row}>
          <dt>{t("admin.amount")}</dt>
          <dd>{money(found.amount)}</dd>
        </div>
        <div className={cards.row}>
          <dt>{t("cases.opened")}</dt>
          <dd>{at(found.openedAt)}</dd>
        </div>
        {found.payment && (
          <div className={cards.row}>
            <dt>{t("admin.payment")}</dt>
            <dd>
              <Link to={`/admin/payments/${found.payment.id}`}>{found.payment.number}</Link> ·{" "}
              {t(`paymentStatus.${found.payment.status}`)}
            </dd>
          </div>
        )}
        {found.order && (
          <div className={cards.row}>
            <dt>{t("order.title")}</dt>
            <dd>
              <Link to={`/admin/orders/${found.order.id}`}>{found.order.number}</Link>
            </dd>
          </div>
        )}
      </dl>
      <TechnicalDetail text={found.summary} />
    </section>
  );
}

function Evidence({ evidence }: { readonly evidence: string }) {
  const { t } = useDeskWords();
  return (
    <section className={cards.card}>
      <h2>
        <DocumentIcon /> {t("cases.evidence")}
      </h2>
      {/* biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls must be reachable by keyboard */}
      <pre className={inbox.payload} tabIndex={0} data-testid="evidence">
        {pretty(evidence)}
      </pre>
    </section>
  );
}

function Owner({ found }: { readonly found: Case }) {
  const { t, at } = useDeskWords();
  const { person } = usePerson();
  const say = useToast();
  const [take, { loading, error }] = useMutation(TakeMoneyCaseDocument, { ...NEWS, variables: { id: found.id } });
  const mine = found.owner !== null && found.owner?.id === person?.id;
  const mayTake = !mine && (!found.owner || person?.role === "ADMIN");
  const submit = async () => {
    // A refusal stands in `error` below.
    const answer = await take().catch(() => null);
    if (answer?.data) say(t("cases.taken"));
  };
  return (
    <section className={`${cards.card} ${cards.stack}`}>
      <h2>
        <PersonIcon /> {t("cases.owner")}
      </h2>
      <p>{found.owner ? `${found.owner.name} · ${at(found.takenAt)}` : t("cases.nobody")}</p>
      {error && <Failure error={error} />}
      {mayTake && (
        <Button variant="light" loading={loading} onClick={() => void submit()} data-testid="take-case">
          {t(found.owner ? "cases.takeOver" : "cases.take")}
        </Button>
      )}
    </section>
  );
}

function Ended({ found }: { readonly found: Case }) {
  const { t, named, at } = useDeskWords();
  const { action, resolvedBy, resolvedAt, resolution } = found;
  return (
    <section className={`${cards.card} ${cards.stack}`} data-testid="case-end">
      <h2>{t("cases.isEnded")}</h2>
      {action && <p>{named(`caseAction.${action}`, action)}</p>}
      {resolution && <p>“{resolution}”</p>}
      <p className={cards.soft}>
        {resolvedBy?.name} · {at(resolvedAt)}
      </p>
    </section>
  );
}
