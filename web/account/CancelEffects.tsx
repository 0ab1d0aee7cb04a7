import type { ReactNode } from "react";
import { Bone } from "../ui/Bone.tsx";
import cards from "../ui/Card.module.css";
import { Failure } from "../ui/Failure.tsx";
import { money } from "../ui/format.ts";
import { Loading } from "../ui/Loading.tsx";
import { useBuyingWords } from "../ui/useBuyingWords.ts";
import styles from "./CancelEffects.module.css";

/** What a cancel would do, by the server's word. Whole rupiah. */
export interface CancelPreview {
  readonly becomes?: string | null;
  readonly orders: ReadonlyArray<{
    readonly id: string;
    readonly number: string;
    readonly store: { readonly name: string };
  }>;
  readonly stock: ReadonlyArray<{
    readonly orderItemId: string;
    readonly productName: string;
    readonly quantity: number;
  }>;
  readonly moneyBack?: MoneyBack | null;
  readonly refusal?: { readonly code: string } | null;
}

interface MoneyBack {
  readonly amount: number;
  readonly way: "GATEWAY" | "HAND";
  readonly paidWith: string;
  readonly notBefore?: string | null;
  readonly withinDays?: number | null;
}

interface CancelEffectsProps {
  readonly preview: CancelPreview | undefined;
  readonly error: unknown;
  onRetry(): void;
}

/** What a cancel brings about, before it is confirmed: which orders, which goods, how much money, how and when. */
export function CancelEffects({ preview, error, onRetry }: CancelEffectsProps) {
  const { t, named } = useBuyingWords();
  if (error && !preview) return <Failure error={error} onRetry={onRetry} />;
  if (!preview) {
    return (
      <Loading>
        <Bone height={140} />
      </Loading>
    );
  }
  if (preview.refusal) {
    const { code } = preview.refusal;
    return <p role="alert">{named(`refusal.${code}`, named(`error.${code}`, code))}</p>;
  }
  const { becomes, orders, stock, moneyBack } = preview;
  return (
    <section className={styles.effects} aria-label={t("effect.title")} data-testid="cancel-preview">
      <p>{t(becomes === "CANCEL_REQUESTED" ? "effect.CANCEL_REQUESTED" : "effect.CANCELLED")}</p>
      {orders.length > 1 && (
        <Part title={t("effect.orders")}>
          {orders.map((order) => (
            <li key={order.id}>
              {order.number} · {order.store.name}
            </li>
          ))}
        </Part>
      )}
      {stock.length > 0 && (
        <Part title={t("effect.goods")}>
          {stock.map((one) => (
            <li key={one.orderItemId}>
              {one.quantity} × {one.productName}
            </li>
          ))}
        </Part>
      )}
      <MoneyPart back={moneyBack ?? null} />
    </section>
  );
}

function Part({ title, children }: { readonly title: string; readonly children: ReactNode }) {
  return (
    <div>
      <h3>{title}</h3>
      <ul className={cards.soft}>{children}</ul>
    </div>
  );
}

/** How much money goes back, by which way and when; that none does where there is none. */
export function MoneyPart({ back }: { readonly back: MoneyBack | null }) {
  const { t, at } = useBuyingWords();
  if (!back) return <p className={cards.soft}>{t("effect.noMoney")}</p>;
  return (
    <div>
      <h3>{t("effect.money")}</h3>
      <p>
        <strong className={styles.amount} data-testid="money-back">
          {money(back.amount)}
        </strong>{" "}
        {t(`effect.${back.way}`, { way: back.paidWith })}
      </p>
      <p className={cards.soft}>
        {back.notBefore ? t("effect.notBefore", { when: at(back.notBefore) }) : t("effect.now")}{" "}
        {back.withinDays && t("effect.within", { days: back.withinDays })}
      </p>
    </div>
  );
}
