import { MoneyPart } from "../account/CancelEffects.tsx";
import { Bone } from "../ui/Bone.tsx";
import cards from "../ui/Card.module.css";
import { Failure } from "../ui/Failure.tsx";
import { money } from "../ui/format.ts";
import styles from "./GiveBack.module.css";
import { useDeskWords } from "./useDeskWords.ts";
import type { GiveBackState } from "./useGiveBack.ts";
import { useRefusalWords } from "./useRefusalWords.ts";

/** What would happen, by the server's word: what the items stand for, how much goes back, how and when. */
export function GiveBackPreview({ state }: { readonly state: GiveBackState }) {
  const { t } = useDeskWords();
  const { preview, isAsking, previewError } = state;
  if (previewError) return <Failure error={previewError} />;
  if (!preview) return isAsking ? <Bone height={96} /> : <p className={cards.soft}>{t("giveBack.choose")}</p>;
  if (preview.refusal) return <Refused code={preview.refusal.code} left={preview.left} max={preview.max} />;
  const { shares, moneyBack, left, amount } = preview;
  return (
    <section className={styles.preview} aria-label={t("giveBack.preview")} data-testid="refund-preview">
      {shares && (
        <dl className={cards.rows}>
          <Row label={t("giveBack.goods")} value={shares.goods} />
          {shares.discount > 0 && <Row label={t("giveBack.discount")} value={-shares.discount} />}
          <Row label={t("giveBack.shipping")} value={shares.shipping} />
          <Row label={t("giveBack.tax")} value={shares.tax} />
        </dl>
      )}
      {moneyBack && <MoneyPart back={moneyBack} />}
      <dl className={cards.rows}>
        <Row label={t("giveBack.left")} value={left - amount} />
      </dl>
    </section>
  );
}

interface RefusedProps {
  readonly code: string;
  readonly left: number;
  readonly max: number;
}

function Refused({ code, left, max }: RefusedProps) {
  const { t, named } = useDeskWords();
  const meaning = useRefusalWords();
  const words =
    code === "INVALID_INPUT"
      ? t("giveBack.tooMuch", { max: money(max) })
      : (meaning({ code, retryable: false, details: { left } }) ?? named(`error.${code}`, code));
  return (
    <p role="alert" data-testid="refund-refused" data-code={code}>
      {words}
    </p>
  );
}

function Row({ label, value }: { readonly label: string; readonly value: number }) {
  return (
    <div className={cards.row}>
      <dt>{label}</dt>
      <dd>{money(value)}</dd>
    </div>
  );
}
