import { useMutation } from "@apollo/client/react";
import { useState } from "react";
import { type FeeVat, SetFeeRateDocument } from "../graphql/generated/admin/graphql.ts";
import cards from "../ui/Card.module.css";
import { ConfirmAction } from "../ui/ConfirmAction.tsx";
import { Failure } from "../ui/Failure.tsx";
import { money } from "../ui/format.ts";
import { useToast } from "../ui/Toast.tsx";
import { useNow } from "../ui/useNow.ts";
import styles from "./Close.module.css";
import { type FeeDraft, percentOf, readFee } from "./fee.ts";
import { jakartaDay } from "./jakartaDay.ts";
import { useDayWords } from "./useDayWords.ts";
import { useDeskWords } from "./useDeskWords.ts";

const VATS: readonly FeeVat[] = ["EXCLUDED", "INCLUDED"];
const TEXTS = ["percent", "fixed", "settleDays"] as const;

interface SetFeeProps {
  /** Those that have a rate. */
  readonly types: readonly string[];
  onSet(): void;
}

/** Writes a new rate down, from a day on; what it does is said before. */
export function SetFee({ types, onSet }: SetFeeProps) {
  const { t } = useDeskWords();
  const say = useToast();
  const dayWords = useDayWords();
  const today = jakartaDay(useNow(false));
  const [draft, setDraft] = useState<FeeDraft>({
    paymentType: "",
    percent: "",
    fixed: "",
    vat: "EXCLUDED",
    settleDays: "1",
    validFrom: today,
  });
  const [set, { loading, error }] = useMutation(SetFeeRateDocument);
  const fee = readFee(draft);
  const run = async () => {
    // A refusal stands in `error`.
    const answer = fee && (await set({ variables: { input: fee } }).catch(() => null));
    if (!answer?.data) return;
    say(t("fees.set"));
    onSet();
  };
  return (
    <section className={`${cards.card} ${cards.stack}`}>
      <h2>{t("fees.new")}</h2>
      {error && <Failure error={error} />}
      <Fields draft={draft} types={types} onChange={(part) => setDraft({ ...draft, ...part })} />
      {fee ? (
        <ConfirmAction
          label={t("fees.write")}
          effect={t("fees.effect", {
            type: fee.paymentType,
            day: dayWords(fee.validFrom),
            percent: percentOf(fee.basisPoints),
            fixed: money(fee.fixed),
            vat: t(`feeVat.${fee.vat}`),
          })}
          loading={loading}
          onConfirm={run}
          testId="set-fee"
        />
      ) : (
        <p className={cards.soft}>{t("fees.incomplete")}</p>
      )}
    </section>
  );
}

interface FieldsProps {
  readonly draft: FeeDraft;
  readonly types: readonly string[];
  onChange(part: Partial<FeeDraft>): void;
}

function Fields({ draft, types, onChange }: FieldsProps) {
  const { t } = useDeskWords();
  return (
    <div className={styles.line}>
      <label className={styles.field}>
        <span>{t("fees.type")}</span>
        <select
          value={draft.paymentType}
          onChange={(event) => onChange({ paymentType: event.currentTarget.value })}
          data-testid="fee-type"
        >
          <option value="">{t("fees.chooseType")}</option>
          {types.map((type) => (
            <option key={type} value={type}>
              {type}
            </option>
          ))}
        </select>
      </label>
      {TEXTS.map((field) => (
        <label key={field} className={styles.field}>
          <span>{t(field === "settleDays" ? "fees.days" : `fees.${field}`)}</span>
          <input
            inputMode="decimal"
            autoComplete="off"
            maxLength={9}
            value={draft[field]}
            onChange={(event) => onChange({ [field]: event.currentTarget.value })}
            data-testid={`fee-${field}`}
          />
        </label>
      ))}
      <label className={styles.field}>
        <span>{t("fees.vat")}</span>
        <select
          value={draft.vat}
          onChange={(event) =>
            onChange({ vat: VATS.find((known) => known === event.currentTarget.value) ?? draft.vat })
          }
        >
          {VATS.map((vat) => (
            <option key={vat} value={vat}>
              {t(`feeVat.${vat}`)}
            </option>
          ))}
        </select>
      </label>
      <label className={styles.field}>
        <span>{t("fees.from")}</span>
        <input
          type="date"
          value={draft.validFrom}
          onChange={(event) => onChange({ validFrom: event.currentTarget.value })}
        />
      </label>
    </div>
  );
}
