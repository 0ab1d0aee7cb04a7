import { useMutation } from "@apollo/client/react";
import { useState } from "react";
import { type FeeRatesQuery, type FeeVat, SetFeeRateDocument } from "../graphql/generated/admin/graphql.ts";
import cards from "../ui/Card.module.css";
import { ConfirmAction } from "../ui/ConfirmAction.tsx";
import { Failure } from "../ui/Failure.tsx";
import { money } from "../ui/format.ts";
import { useToast } from "../ui/Toast.tsx";
import styles from "./Close.module.css";
import field from "./Field.module.css";
import { draftOf, type FeeDraft, percentOf, readFee } from "./fee.ts";
import { jakartaDay } from "./jakartaDay.ts";
import { useDayWords } from "./useDayWords.ts";
import { useDeskWords } from "./useDeskWords.ts";
import { useMinute } from "./useMinute.ts";

const VATS: readonly FeeVat[] = ["EXCLUDED", "INCLUDED"];
const TEXTS = ["percent", "fixed", "settleDays"] as const;

type Rate = FeeRatesQuery["feeRates"][number];

interface SetFeeProps {
  /** Those that there are, the oldest of a type first. */
  readonly rates: readonly Rate[];
  onSet(): void;
}

/** Writes a new rate down, from a day on; what it does is said before. */
export function SetFee({ rates, onSet }: SetFeeProps) {
  const { t } = useDeskWords();
  const say = useToast();
  const dayWords = useDayWords();
  const today = jakartaDay(useMinute());
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
      <Fields draft={draft} rates={rates} onChange={(part) => setDraft({ ...draft, ...part })} />
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
  readonly rates: readonly Rate[];
  onChange(part: Partial<FeeDraft>): void;
}

function Fields({ draft, rates, onChange }: FieldsProps) {
  const { t } = useDeskWords();
  const types = [...new Set(rates.map((rate) => rate.paymentType))];
  // What holds now is where a new rate begins: mostly one figure of it changes.
  const choose = (paymentType: string) => onChange({ paymentType, ...draftOf(rates, paymentType) });
  return (
    <div className={styles.line}>
      <label className={field.field}>
        <span>{t("fees.type")}</span>
        <select
          value={draft.paymentType}
          onChange={(event) => choose(event.currentTarget.value)}
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
      {TEXTS.map((name) => (
        <label key={name} className={field.field}>
          <span>{t(name === "settleDays" ? "fees.days" : `fees.${name}`)}</span>
          <input
            inputMode="decimal"
            autoComplete="off"
            maxLength={9}
            value={draft[name]}
            onChange={(event) => onChange({ [name]: event.currentTarget.value })}
            data-testid={`fee-${name}`}
          />
        </label>
      ))}
      <VatField vat={draft.vat} onChange={(vat) => onChange({ vat })} />
      <label className={field.field}>
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

function VatField({ vat, onChange }: { readonly vat: FeeVat; onChange(vat: FeeVat): void }) {
  const { t } = useDeskWords();
  return (
    <label className={field.field}>
      <span>{t("fees.vat")}</span>
      <select
        value={vat}
        onChange={(event) => onChange(VATS.find((known) => known === event.currentTarget.value) ?? vat)}
      >
        {VATS.map((each) => (
          <option key={each} value={each}>
            {t(`feeVat.${each}`)}
          </option>
        ))}
      </select>
    </label>
  );
}
