import { useMutation, useQuery } from "@apollo/client/react";
import { Button, Textarea } from "@mantine/core";
import { type FormEvent, type Ref, useMemo, useState } from "react";
import { Link } from "react-router";
import {
  DeskStoresDocument,
  type LedgerAccount,
  MethodNamesDocument,
  RequestAdjustmentDocument,
} from "../graphql/generated/admin/graphql.ts";
import { createAttempts } from "../shop/attempt.ts";
import cards from "../ui/Card.module.css";
import { Failure } from "../ui/Failure.tsx";
import { money } from "../ui/format.ts";
import { CheckIcon, PlusIcon, TrashIcon, WarningIcon } from "../ui/icons/icons.tsx";
import { useToast } from "../ui/Toast.tsx";
import { useUnsaved } from "../ui/useUnsaved.ts";
import {
  ACCOUNTS,
  type DraftLine,
  emptyLine,
  isBalanced,
  isTyped,
  LINES_MAX,
  LINES_MIN,
  needsMethod,
  postingsOf,
  readAmount,
  sumOf,
} from "./adjustment.ts";
import styles from "./Close.module.css";
import table from "./DataTable.module.css";
import field from "./Field.module.css";
import { NEWS } from "./news.ts";
import { useDeskWords } from "./useDeskWords.ts";
import { useOpening } from "./useOpening.ts";

/** As the server takes it. */
const REASON_MAX = 500;

interface AskProps {
  /** The discrepancy that it settles; null: none. */
  readonly discrepancyId: string | null;
}

/** Asks for an entry that puts the books right; nothing is booked before another person approves it. */
export function AskAdjustment({ discrepancyId }: AskProps) {
  const { t } = useDeskWords();
  const { isOpen, open, close, button, form } = useOpening(discrepancyId !== null);
  if (isOpen) return <AskForm ref={form} discrepancyId={discrepancyId} onClose={close} />;
  return (
    <p className={styles.ask}>
      <Button ref={button} variant="light" onClick={open} data-testid="ask-adjustment">
        {t("adjust.ask")}
      </Button>
    </p>
  );
}

interface AskFormProps extends AskProps {
  readonly ref: Ref<HTMLFormElement>;
  onClose(): void;
}

function useDraft() {
  const [lines, setLines] = useState<readonly DraftLine[]>([emptyLine(1), emptyLine(2)]);
  return {
    lines,
    change: (key: number, part: Partial<DraftLine>) =>
      setLines(lines.map((line) => (line.key === key ? { ...line, ...part } : line))),
    add: () => setLines([...lines, emptyLine(Math.max(...lines.map(({ key }) => key)) + 1)]),
    remove: (key: number) => setLines(lines.filter((line) => line.key !== key)),
  };
}

function AskForm({ ref, discrepancyId, onClose }: AskFormProps) {
  const { t } = useDeskWords();
  const say = useToast();
  const attempts = useMemo(() => createAttempts(() => crypto.randomUUID()), []);
  const { lines, change, add, remove } = useDraft();
  const [reason, setReason] = useState("");
  const [tried, setTried] = useState(false);
  useUnsaved(isTyped(lines) || reason !== "");
  const [request, { loading, error }] = useMutation(RequestAdjustmentDocument, NEWS);
  const submit = async (event: FormEvent) => {
    event.preventDefault();
    setTried(true);
    if (!isBalanced(lines) || reason.trim() === "" || loading) return;
    const input = { postings: postingsOf(lines), reason: reason.trim(), discrepancyId };
    const idempotencyKey = attempts.keyFor(input);
    // A refusal stands in `error`.
    const answer = await request({ variables: { input: { ...input, idempotencyKey } } }).catch(() => null);
    if (!answer?.data) return;
    say(t("adjust.isAsked"));
    onClose();
  };
  return (
    <form
      ref={ref}
      className={`${cards.card} ${cards.stack} ${styles.ask}`}
      onSubmit={(event) => void submit(event)}
      noValidate
    >
      <h2>{t("adjust.ask")}</h2>
      {discrepancyId && (
        <p>
          {t("adjust.for")} <Link to={`/admin/close/queue/${discrepancyId}`}>{t("adjust.gap")}</Link>
        </p>
      )}
      {error && <Failure error={error} />}
      {lines.map((line) => (
        <LineFields
          key={line.key}
          line={line}
          tried={tried}
          onChange={(part) => change(line.key, part)}
          onRemove={lines.length > LINES_MIN ? () => remove(line.key) : null}
        />
      ))}
      <Verdict lines={lines} tried={tried} />
      <Textarea
        label={t("adjust.reason")}
        maxLength={REASON_MAX}
        minRows={2}
        autosize
        value={reason}
        error={tried && reason.trim() === "" && t("admin.clearNoteMissing")}
        onChange={(event) => setReason(event.currentTarget.value)}
        data-testid="adjustment-reason"
      />
      <p className={cards.soft}>{t("adjust.effect")}</p>
      <FormButtons loading={loading} onAdd={lines.length < LINES_MAX ? add : null} onClose={onClose} />
    </form>
  );
}

interface FormButtonsProps {
  readonly loading: boolean;
  /** Null: an entry has no more lines. */
  readonly onAdd: (() => void) | null;
  onClose(): void;
}

function FormButtons({ loading, onAdd, onClose }: FormButtonsProps) {
  const { t } = useDeskWords();
  return (
    <div className={cards.actions}>
      <Button type="submit" loading={loading} data-testid="request-adjustment">
        {t("adjust.request")}
      </Button>
      {onAdd && (
        <Button variant="light" leftSection={<PlusIcon size={16} />} onClick={onAdd}>
          {t("adjust.addLine")}
        </Button>
      )}
      <Button variant="default" disabled={loading} onClick={onClose}>
        {t("common.keep")}
      </Button>
    </div>
  );
}

/** Whether the lines are an entry by now, and what is wanting else. */
function Verdict({ lines, tried }: { readonly lines: readonly DraftLine[]; readonly tried: boolean }) {
  const { t } = useDeskWords();
  const sum = sumOf(lines);
  const isGood = isBalanced(lines);
  const isOpen = !isGood && !tried && (sum === 0 || Number.isNaN(sum));
  const text = isGood
    ? t("adjust.balanced")
    : sum === 0 || Number.isNaN(sum)
      ? t("adjust.incomplete")
      : t("adjust.differs", { amount: money(sum) });
  return (
    <p
      className={styles.verdict}
      data-broken={(!isGood && !isOpen) || undefined}
      data-open={isOpen || undefined}
      role={tried ? "alert" : "status"}
      data-testid="adjustment-verdict"
    >
      {isGood ? <CheckIcon size={18} /> : <WarningIcon size={18} />} {text}
    </p>
  );
}

interface LineFieldsProps {
  readonly line: DraftLine;
  readonly tried: boolean;
  onChange(part: Partial<DraftLine>): void;
  readonly onRemove: (() => void) | null;
}

function LineFields({ line, tried, onChange, onRemove }: LineFieldsProps) {
  const { t, named } = useDeskWords();
  const isWrong = (text: string) => (tried && Number.isNaN(readAmount(text))) || undefined;
  return (
    <fieldset className={styles.line} data-testid="adjustment-line">
      <legend className={table.heard}>{t("adjust.line", { count: line.key })}</legend>
      <label className={field.field}>
        <span>{t("ledger.account")}</span>
        <select
          value={line.account}
          aria-invalid={(tried && line.account === "") || undefined}
          onChange={(event) => onChange({ account: event.currentTarget.value as LedgerAccount | "", method: "" })}
          data-testid="line-account"
        >
          <option value="">{t("adjust.chooseAccount")}</option>
          {ACCOUNTS.map((account) => (
            <option key={account} value={account}>
              {named(`account.${account}`, account)}
            </option>
          ))}
        </select>
      </label>
      {needsMethod(line) ? (
        <MethodField value={line.method} onChange={(method) => onChange({ method })} />
      ) : (
        <StoreField value={line.storeId} onChange={(storeId) => onChange({ storeId })} />
      )}
      {(["debit", "credit"] as const).map((side) => (
        <label key={side} className={field.field}>
          <span>{t(`ledger.${side}`)}</span>
          <input
            inputMode="numeric"
            autoComplete="off"
            maxLength={20}
            value={line[side]}
            aria-invalid={isWrong(line[side])}
            // One side of a line only.
            onChange={(event) => onChange({ debit: "", credit: "", [side]: event.currentTarget.value })}
            data-testid={`line-${side}`}
          />
        </label>
      ))}
      {onRemove && (
        <button type="button" aria-label={t("adjust.removeLine", { count: line.key })} onClick={onRemove}>
          <TrashIcon size={18} />
        </button>
      )}
    </fieldset>
  );
}

interface FieldProps {
  readonly value: string;
  onChange(value: string): void;
}

function MethodField({ value, onChange }: FieldProps) {
  const { t, spoken } = useDeskWords();
  const { data } = useQuery(MethodNamesDocument, { variables: { language: spoken } });
  return (
    <label className={field.field}>
      <span>{t("close.method")}</span>
      <select value={value} onChange={(event) => onChange(event.currentTarget.value)} data-testid="line-method">
        <option value="">{t("adjust.chooseMethod")}</option>
        {data?.paymentMethods.map(({ method, label }) => (
          <option key={method} value={method}>
            {label}
          </option>
        ))}
      </select>
    </label>
  );
}

function StoreField({ value, onChange }: FieldProps) {
  const { t } = useDeskWords();
  const { data } = useQuery(DeskStoresDocument);
  return (
    <label className={field.field}>
      <span>{t("admin.store")}</span>
      <select value={value} onChange={(event) => onChange(event.currentTarget.value)}>
        <option value="">{t("adjust.noStore")}</option>
        {data?.stores.map(({ id, name }) => (
          <option key={id} value={id}>
            {name}
          </option>
        ))}
      </select>
    </label>
  );
}
