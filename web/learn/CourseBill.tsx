import { Link } from "react-router";
import { Bone } from "../ui/Bone.tsx";
import cards from "../ui/Card.module.css";
import { money } from "../ui/format.ts";
import { BookIcon } from "../ui/icons/icons.tsx";
import { useBuyingWords } from "../ui/useBuyingWords.ts";
import { useCoursePurchase } from "./useCoursePurchase.ts";

/** What of courses a payment pays for. */
export function CourseBill({ paymentId, number }: { readonly paymentId: string; readonly number: string }) {
  const { t } = useBuyingWords();
  const purchase = useCoursePurchase(paymentId);
  const titles = purchase?.course ? [purchase.course] : (purchase?.package?.courses ?? []);
  return (
    <aside className={`${cards.card} ${cards.sticky}`} aria-label={t("payment.for")}>
      <h2>
        <BookIcon /> {t("payment.for")}
      </h2>
      {purchase ? (
        <div className={cards.stack}>
          <div>
            <h3>
              <Link to={`/packages/${purchase.package?.id}`}>{purchase.package?.name}</Link>
            </h3>
            <ul className={cards.soft}>
              {titles.map(({ id, title }) => (
                <li key={id}>{title}</li>
              ))}
            </ul>
          </div>
          <dl className={cards.rows}>
            {purchase.type && (
              <div className={cards.row}>
                <dt>{t("learn.priceFor")}</dt>
                <dd>{t(`priceFor.${purchase.type}`)}</dd>
              </div>
            )}
            {purchase.channel === "MANUAL_TRANSFER" && (
              <div className={cards.row}>
                <dt>{t("learn.way")}</dt>
                <dd>{t("bought.transfer")}</dd>
              </div>
            )}
            <div className={`${cards.row} ${cards.total}`}>
              <dt>{t("summary.total")}</dt>
              <dd>{money(purchase.amount)}</dd>
            </div>
          </dl>
          <p className={cards.soft}>{t("payment.number", { number })}</p>
        </div>
      ) : (
        <Bone height={140} />
      )}
    </aside>
  );
}
