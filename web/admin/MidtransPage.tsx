import { useMutation, useQuery } from "@apollo/client/react";
import { Button } from "@mantine/core";
import { useRef } from "react";
import {
  CheckGatewayKeysDocument,
  GatewaySetupDocument,
  type GatewaySetupQuery,
  type KeyAnswerFragment,
  type SignFragment,
} from "../graphql/generated/admin/graphql.ts";
import { Bone } from "../ui/Bone.tsx";
import cards from "../ui/Card.module.css";
import { Failure } from "../ui/Failure.tsx";
import { WarningIcon } from "../ui/icons/icons.tsx";
import { Loading } from "../ui/Loading.tsx";
import { Page } from "../ui/Page.tsx";
import { StatusChip } from "../ui/StatusChip.tsx";
import type { Meaning } from "../ui/status.ts";
import { useToast } from "../ui/Toast.tsx";
import { FIGURES } from "./figures.ts";
import styles from "./MidtransPage.module.css";
import { signAge } from "./signAge.ts";
import { useDeskWords } from "./useDeskWords.ts";

type Setup = GatewaySetupQuery["gatewaySetup"];

const urls = [
  "paymentNotification",
  "recurringNotification",
  "payAccountNotification",
  "finish",
  "unfinish",
  "error",
] as const;
const signs = ["lastNotification", "lastTest", "lastCall", "lastAnswer"] as const;

/** How the shop is set up at Midtrans: what to copy there, what looks wrong, and whether both sides hear each other. */
export function MidtransPage() {
  const { t } = useDeskWords();
  const { data, loading, error, refetch } = useQuery(GatewaySetupDocument, FIGURES);
  const setup = data?.gatewaySetup;
  return (
    <Page title={t("admin.midtrans")}>
      {error && !setup ? <Failure error={error} onRetry={() => void refetch()} /> : null}
      {!setup && loading && (
        <Loading>
          <Bone height={320} />
        </Loading>
      )}
      {setup && (
        <div className={cards.stack}>
          <p className={cards.soft}>{t("setup.intro")}</p>
          <Warnings setup={setup} />
          <Connection setup={setup} />
          <ToCopy setup={setup} />
          <Signs setup={setup} />
          <Keys onChecked={() => void refetch()} />
        </div>
      )}
    </Page>
  );
}

function Warnings({ setup }: { readonly setup: Setup }) {
  const { t } = useDeskWords();
  if (setup.warnings.length === 0) return null;
  return (
    <section className={`${cards.card} ${cards.stack}`} role="alert">
      {setup.warnings.map((warning) => (
        <p key={warning} className={styles.warning} data-testid={`warning-${warning}`}>
          <WarningIcon size={20} />
          {t(`warning.${warning}`)}
        </p>
      ))}
    </section>
  );
}

function Connection({ setup }: { readonly setup: Setup }) {
  const { t, named } = useDeskWords();
  const rows = [
    [t("setup.mode"), named(`mode.${setup.mode}`, setup.mode)],
    [t("setup.merchant"), setup.merchantId],
    [t("setup.core"), setup.coreUrl],
    [t("setup.snap"), setup.snapUrl],
  ] as const;
  return (
    <section className={cards.card} data-testid="connection">
      <h2>{t("setup.connection")}</h2>
      <dl className={cards.rows}>
        {rows.map(([name, value]) => (
          <div key={name} className={cards.row}>
            <dt>{name}</dt>
            <dd>{value}</dd>
          </div>
        ))}
      </dl>
    </section>
  );
}

function ToCopy({ setup }: { readonly setup: Setup }) {
  const { t } = useDeskWords();
  return (
    <section className={cards.card}>
      <h2>{t("setup.copyTitle")}</h2>
      <p className={cards.soft}>{t("setup.copyText")}</p>
      <dl>
        {urls.map((name) => (
          <CopyUrl key={name} what={t(`url.${name}`)} url={setup.urls[name]} testId={`url-${name}`} />
        ))}
      </dl>
    </section>
  );
}

function CopyUrl({ what, url, testId }: { readonly what: string; readonly url: string; readonly testId: string }) {
  const { t } = useDeskWords();
  const say = useToast();
  const text = useRef<HTMLElement>(null);
  const copy = async () => {
    try {
      await navigator.clipboard.writeText(url);
      say(t("setup.copied", { what }));
    } catch {
      // Refused, or no clipboard where the page came without https: the person can do it by hand.
      if (text.current) getSelection()?.selectAllChildren(text.current);
      say(t("setup.cannotCopy"), "wrong");
    }
  };
  return (
    <div className={styles.line}>
      <dt>{what}</dt>
      <dd>
        <code ref={text} data-testid={testId}>
          {url}
        </code>
        <Button size="sm" variant="default" aria-label={t("setup.copyOf", { what })} onClick={() => void copy()}>
          {t("setup.copy")}
        </Button>
      </dd>
    </div>
  );
}

function Signs({ setup }: { readonly setup: Setup }) {
  const { t } = useDeskWords();
  return (
    <section className={cards.card}>
      <h2>{t("setup.signs")}</h2>
      <dl className={cards.rows}>
        {signs.map((name) => (
          <div key={name} className={cards.row} data-testid={`sign-${name}`}>
            <dt>{t(`sign.${name}`)}</dt>
            <dd>{setup[name] ? <SignText sign={setup[name]} /> : t("sign.none")}</dd>
          </div>
        ))}
      </dl>
    </section>
  );
}

function SignText({ sign }: { readonly sign: SignFragment }) {
  const { at, t } = useDeskWords();
  const { unit, count } = signAge(sign.ageSeconds);
  return (
    <>
      {t(`age.${unit}`, { count })}
      <br />
      <small>
        <code>{sign.what}</code> {sign.outcome} · {at(sign.at)}
      </small>
    </>
  );
}

const meanings: Readonly<Record<KeyAnswerFragment["state"], Meaning>> = {
  OK: "good",
  KEY_REFUSED: "wrong",
  NO_ANSWER: "waiting",
  UNEXPECTED: "wrong",
};

function Keys({ onChecked }: { onChecked(): void }) {
  const { t } = useDeskWords();
  const [check, { data, loading, error }] = useMutation(CheckGatewayKeysDocument);
  // A refusal stands in `error` below.
  const submit = () => check().then(onChecked, () => undefined);
  const found = data?.checkGatewayKeys;
  return (
    <section className={cards.card}>
      <h2>{t("setup.keys")}</h2>
      <p className={cards.soft}>{t("setup.keysText")}</p>
      {error && <Failure error={error} />}
      <div className={styles.keys} aria-live="polite">
        {found && <KeyLine name={t("setup.core")} answer={found.core} />}
        {found && <KeyLine name={t("setup.snap")} answer={found.snap} />}
        <div>
          <Button loading={loading} onClick={() => void submit()} data-testid="check-keys">
            {t("setup.check")}
          </Button>
        </div>
      </div>
    </section>
  );
}

function KeyLine({ name, answer }: { readonly name: string; readonly answer: KeyAnswerFragment }) {
  const { t } = useDeskWords();
  const { status, durationMs } = answer;
  return (
    <p data-testid="key-answer">
      {name} <StatusChip meaning={meanings[answer.state]} label={t(`key.${answer.state}`)} status={answer.state} />{" "}
      {status != null && <small>{t("key.answer", { status, ms: durationMs ?? 0 })}</small>}
    </p>
  );
}
