import { useMutation } from "@apollo/client/react";
import { Button, TextInput } from "@mantine/core";
import { type FormEvent, type RefObject, useEffect, useId, useRef, useState } from "react";
import { type CustomerRefundFragment, SetRefundAccountDocument } from "../graphql/generated/buying/graphql.ts";
import cards from "../ui/Card.module.css";
import { Failure } from "../ui/Failure.tsx";
import { failureOf } from "../ui/failure.ts";
import { useToast } from "../ui/Toast.tsx";
import { useBuyingWords } from "../ui/useBuyingWords.ts";
import { useFocusBack } from "../ui/useFocusBack.ts";
import { useUnsaved } from "../ui/useUnsaved.ts";
import { type AccountDraft, accountGaps, BANKS, NO_ACCOUNT } from "./bankAccount.ts";
import styles from "./Refunds.module.css";
import { takesAccount } from "./refundStage.ts";

/** Where a refund goes that is transferred by hand: asked for, shown masked, and changed until it is approved. */
export function RefundAccount({ refund }: { readonly refund: CustomerRefundFragment }) {
  const { t } = useBuyingWords();
  const [changing, setChanging] = useState(false);
  const opener = useFocusBack(changing);
  const isOpen = takesAccount(refund);
  if (isOpen && (changing || !refund.accountMasked)) {
    return <AccountForm refund={refund} onClose={refund.accountMasked ? () => setChanging(false) : null} />;
  }
  if (!refund.accountMasked) return null;
  return (
    <div className={styles.account}>
      <p>
        {t("refund.toAccount")} <strong data-testid="refund-account">{refund.accountMasked}</strong>
      </p>
      {isOpen ? (
        <Button ref={opener} variant="default" size="sm" onClick={() => setChanging(true)} data-testid="change-account">
          {t("refund.changeAccount")}
        </Button>
      ) : (
        refund.approvedAt && !refund.succeededAt && <p className={cards.soft}>{t("refund.accountFixed")}</p>
      )}
    </div>
  );
}

interface AccountFormProps {
  readonly refund: CustomerRefundFragment;
  /** Null: there is no account to go back to. */
  readonly onClose: (() => void) | null;
}

function AccountForm({ refund, onClose }: AccountFormProps) {
  const { t } = useBuyingWords();
  const say = useToast();
  const [draft, setDraft] = useState<AccountDraft>(NO_ACCOUNT);
  const [tried, setTried] = useState(false);
  const first = useRef<HTMLSelectElement>(null);
  const [keep, { loading, error }] = useMutation(SetRefundAccountDocument);
  const gaps = accountGaps(draft);
  useUnsaved(Object.values(draft).some((typed) => typed !== ""));
  // What was pressed is gone: whoever goes by keyboard goes on at the first field.
  useEffect(() => {
    if (onClose) first.current?.focus({ preventScroll: true });
  }, [onClose]);
  const submit = async (event: FormEvent) => {
    event.preventDefault();
    setTried(true);
    if (gaps.size > 0 || loading) return;
    // A refusal stands in `error` below.
    const answer = await keep({ variables: { refundId: refund.id, input: draft } }).catch(() => null);
    if (!answer?.data) return;
    onClose?.();
    say(t("refund.accountKept"));
  };
  const change = (part: Partial<AccountDraft>) => setDraft({ ...draft, ...part });
  return (
    <form className={cards.stack} onSubmit={(event) => void submit(event)} noValidate data-testid="account-form">
      <p>{t(refund.status === "FAILED" ? "refund.accountWhyFailed" : "refund.accountWhy")}</p>
      {error ? (
        <Failure
          error={error}
          meaning={(it) => (it.code === "ILLEGAL_TRANSITION" ? t("refund.accountLate") : undefined)}
        />
      ) : null}
      <AccountFields draft={draft} gaps={tried ? gaps : wrongFields(error)} first={first} onChange={change} />
      <div className={cards.actions}>
        <Button type="submit" loading={loading} data-testid="keep-account">
          {t("refund.keepAccount")}
        </Button>
        {onClose && (
          <Button variant="default" disabled={loading} onClick={onClose}>
            {t("common.keep")}
          </Button>
        )}
      </div>
    </form>
  );
}

/** The fields that the server refused. */
function wrongFields(error: unknown): ReadonlySet<string> {
  const fields = error ? failureOf(error).details["fields"] : null;
  return new Set(typeof fields === "object" && fields !== null ? Object.keys(fields) : []);
}

interface AccountFieldsProps {
  readonly draft: AccountDraft;
  readonly gaps: ReadonlySet<string>;
  readonly first: RefObject<HTMLSelectElement | null>;
  onChange(part: Partial<AccountDraft>): void;
}

function AccountFields({ draft, gaps, first, onChange }: AccountFieldsProps) {
  const { t } = useBuyingWords();
  const id = useId();
  const noBank = gaps.has("bankCode");
  return (
    <>
      <div className={styles.field}>
        <label htmlFor={id}>{t("refund.bank")}</label>
        <select
          id={id}
          ref={first}
          value={draft.bankCode}
          aria-invalid={noBank || undefined}
          aria-describedby={noBank ? `${id}-why` : undefined}
          onChange={(event) => onChange({ bankCode: event.currentTarget.value })}
          data-testid="account-bank"
        >
          <option value="">{t("refund.chooseBank")}</option>
          {Object.entries(BANKS).map(([code, name]) => (
            <option key={code} value={code}>
              {name}
            </option>
          ))}
        </select>
        {noBank && (
          <p id={`${id}-why`} className={styles.missing}>
            {t("refund.bankMissing")}
          </p>
        )}
      </div>
      <TextInput
        label={t("refund.number")}
        inputMode="numeric"
        autoComplete="off"
        maxLength={30}
        value={draft.accountNumber}
        error={gaps.has("accountNumber") && t("refund.numberWrong")}
        onChange={(event) => onChange({ accountNumber: event.currentTarget.value })}
        data-testid="account-number"
      />
      <TextInput
        label={t("refund.name")}
        description={t("refund.nameHow")}
        autoComplete="name"
        maxLength={100}
        value={draft.accountName}
        error={gaps.has("accountName") && t("refund.nameWrong")}
        onChange={(event) => onChange({ accountName: event.currentTarget.value })}
        data-testid="account-name"
      />
    </>
  );
}
