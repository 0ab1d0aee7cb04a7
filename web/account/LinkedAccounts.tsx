import { useMutation, useQuery } from "@apollo/client/react";
import { Button, TextInput } from "@mantine/core";
import { type FormEvent, useMemo, useState } from "react";
import { Link } from "react-router";
import {
  type AccountFragment,
  LinkAccountDocument,
  LinkedAccountsDocument,
  UnlinkAccountDocument,
} from "../graphql/generated/buying/graphql.ts";
import { createAttempts } from "../shop/attempt.ts";
import { useLinkedLabel } from "../shop/pay/useLinkedLabel.ts";
import { webAddress } from "../shop/payStep.ts";
import { Bone } from "../ui/Bone.tsx";
import cards from "../ui/Card.module.css";
import { ConfirmAction } from "../ui/ConfirmAction.tsx";
import { Failure } from "../ui/Failure.tsx";
import { failureOf } from "../ui/failure.ts";
import { PhoneIcon } from "../ui/icons/icons.tsx";
import { Loading } from "../ui/Loading.tsx";
import { StatusChip } from "../ui/StatusChip.tsx";
import type { Meaning } from "../ui/status.ts";
import { useToast } from "../ui/Toast.tsx";
import { useBuyingWords } from "../ui/useBuyingWords.ts";
import { useWatch } from "../ui/useWatch.ts";
import styles from "./Saved.module.css";
import { usePerson } from "./usePerson.ts";

type State = AccountFragment["state"];

const meanings: Readonly<Record<State, Meaning>> = {
  LINKING: "waiting",
  PENDING: "waiting",
  LINKED: "good",
  UNLINKING: "waiting",
  EXPIRED: "ended",
  REFUSED: "wrong",
  UNLINKED: "ended",
};

const OVER: ReadonlySet<State> = new Set<State>(["EXPIRED", "REFUSED", "UNLINKED"]);
const UNSETTLED: ReadonlySet<State> = new Set<State>(["LINKING", "PENDING", "UNLINKING"]);
const MAX_PHONE = 20;

/** The accounts of a wallet that the shop may charge: linking one, and ending that. */
export function LinkedAccounts() {
  const { t } = useBuyingWords();
  const label = useLinkedLabel();
  const { data, loading, error, refetch } = useQuery(LinkedAccountsDocument, { fetchPolicy: "cache-and-network" });
  const all = data?.linkedAccounts;
  useWatch(all?.some(({ state }) => UNSETTLED.has(state)) ?? false, refetch);
  // Of those that are over, the newest alone: it says how the last try ended.
  const shown = all?.filter(({ state }, i) => i === 0 || !OVER.has(state));
  return (
    <section className={`${cards.card} ${cards.stack}`} data-testid="linked-accounts">
      <h2>
        <PhoneIcon /> {t("accounts.title", { label })}
      </h2>
      {error && !all ? <Failure error={error} onRetry={() => void refetch()} /> : null}
      {!all && loading && (
        <Loading>
          <Bone height={84} />
        </Loading>
      )}
      {shown && shown.length > 0 && (
        <ul className={styles.list}>
          {shown.map((account) => (
            <AccountLine key={account.id} account={account} label={label} />
          ))}
        </ul>
      )}
      {all && <LinkForm label={label} onAsked={refetch} />}
    </section>
  );
}

function AccountLine({ account, label }: { readonly account: AccountFragment; readonly label: string }) {
  const { t } = useBuyingWords();
  const say = useToast();
  const { id, state, maskedPhone, refusal } = account;
  const page = webAddress(account.linkUrl);
  const [unlink, { loading, error }] = useMutation(UnlinkAccountDocument, { variables: { id } });
  const submit = async () => {
    // A refusal stands in `error` below.
    const answer = await unlink().catch(() => null);
    if (answer?.data) say(t("accounts.unlinked", { phone: maskedPhone }));
  };
  return (
    <li className={styles.account} data-testid="account-line">
      <div className={styles.head}>
        <h3>{maskedPhone}</h3>
        <StatusChip meaning={meanings[state]} label={t(`account.${state}`)} status={state} />
      </div>
      <p className={cards.soft}>{t(`accountText.${refusal ?? state}`, { label })}</p>
      <div className={cards.actions}>
        {state === "PENDING" && page && (
          <Button component="a" href={page} data-testid="agree">
            {t("accounts.agree", { label })}
          </Button>
        )}
        {(state === "LINKED" || state === "PENDING") && (
          <ConfirmAction
            label={t("accounts.unlink")}
            effect={t("accounts.unlinkEffect", { phone: maskedPhone })}
            loading={loading}
            onConfirm={submit}
            testId="unlink"
            danger
          />
        )}
      </div>
      {error && <UnlinkRefused error={error} />}
    </li>
  );
}

function UnlinkRefused({ error }: { readonly error: unknown }) {
  const { t } = useBuyingWords();
  if (failureOf(error).code !== "CONFLICT") return <Failure error={error} />;
  return (
    <p className={styles.refused} role="alert" data-testid="account-in-use">
      {t("accounts.inUse")} <Link to="/account/subscriptions">{t("subscriptions.title")}</Link>
    </p>
  );
}

function LinkForm({ label, onAsked }: { readonly label: string; onAsked(): Promise<unknown> }) {
  const { t } = useBuyingWords();
  const { person } = usePerson();
  const [typed, setTyped] = useState<string | null>(null);
  const phone = (typed ?? person?.phone ?? "").trim();
  // An account that is over may be asked for again by the same number, so each answer ends its attempt.
  const [round, setRound] = useState(0);
  const attempts = useMemo(() => createAttempts(() => crypto.randomUUID()), []);
  const [link, { loading, error }] = useMutation(LinkAccountDocument);
  const submit = async (event: FormEvent) => {
    event.preventDefault();
    if (loading || phone === "") return;
    const input = { phone, idempotencyKey: attempts.keyFor({ phone, round }) };
    // A refusal stands in `error` below.
    const answer = await link({ variables: { input } }).catch(() => null);
    if (!answer?.data) return;
    setRound(round + 1);
    await onAsked().catch(() => undefined);
  };
  return (
    <form className={cards.stack} onSubmit={(event) => void submit(event)} noValidate>
      {error && <Failure error={error} />}
      <TextInput
        label={t("accounts.phone", { label })}
        type="tel"
        autoComplete="tel"
        maxLength={MAX_PHONE}
        value={typed ?? person?.phone ?? ""}
        onChange={(event) => setTyped(event.currentTarget.value)}
        data-testid="account-phone"
      />
      <div>
        <Button type="submit" variant="light" loading={loading} disabled={phone === ""} data-testid="link-account">
          {t("accounts.link", { label })}
        </Button>
      </div>
    </form>
  );
}
