import { useQuery } from "@apollo/client/react";
import { Link } from "react-router";
import { usePerson } from "../account/usePerson.ts";
import { FeeRatesDocument, type FeeRatesQuery } from "../graphql/generated/admin/graphql.ts";
import { Bone } from "../ui/Bone.tsx";
import cards from "../ui/Card.module.css";
import { Failure } from "../ui/Failure.tsx";
import { count, money } from "../ui/format.ts";
import { BackIcon } from "../ui/icons/icons.tsx";
import { Loading } from "../ui/Loading.tsx";
import { Page } from "../ui/Page.tsx";
import styles from "./Close.module.css";
import table from "./DataTable.module.css";
import { percentOf } from "./fee.ts";
import order from "./OrderPage.module.css";
import { SetFee } from "./SetFee.tsx";
import { useDayWords } from "./useDayWords.ts";
import { useDeskWords } from "./useDeskWords.ts";

type Rate = FeeRatesQuery["feeRates"][number];

/** What Midtrans takes of payments by contract, each rate from a day on. */
export function FeesPage() {
  const { t } = useDeskWords();
  const { person } = usePerson();
  const { data, loading, error, refetch } = useQuery(FeeRatesDocument, { fetchPolicy: "no-cache" });
  return (
    <Page title={t("fees.title")}>
      <Link to="/admin/close" className={order.back}>
        <BackIcon size={18} /> {t("close.title")}
      </Link>
      <p className={`${cards.soft} ${styles.about}`}>{t("fees.about")}</p>
      {error && !data ? <Failure error={error} onRetry={() => void refetch()} /> : null}
      {!data && loading && (
        <Loading>
          <Bone height={320} />
        </Loading>
      )}
      {data && <Rates rates={data.feeRates} />}
      {person?.role === "ADMIN" ? (
        <SetFee rates={data?.feeRates ?? []} onSet={() => void refetch()} />
      ) : (
        <p className={cards.soft}>{t("fees.adminOnly")}</p>
      )}
    </Page>
  );
}

function Rates({ rates }: { readonly rates: readonly Rate[] }) {
  const { t } = useDeskWords();
  const dayWords = useDayWords();
  return (
    // biome-ignore lint/a11y/noNoninteractiveTabindex: a region that scrolls must be reachable by keyboard
    <section className={`${table.scroll} ${styles.about}`} aria-label={t("fees.title")} tabIndex={0}>
      <table className={`${table.table} ${styles.equation}`}>
        <thead>
          <tr>
            <th scope="col">{t("fees.type")}</th>
            <th scope="col">{t("fees.from")}</th>
            <th scope="col" data-number>
              {t("fees.percent")}
            </th>
            <th scope="col" data-number>
              {t("fees.fixed")}
            </th>
            <th scope="col">{t("fees.vat")}</th>
            <th scope="col" data-number>
              {t("fees.days")}
            </th>
          </tr>
        </thead>
        <tbody>
          {rates.map((rate) => (
            <tr key={`${rate.paymentType} ${rate.validFrom}`} data-testid="fee-rate">
              <th scope="row">
                <code>{rate.paymentType}</code>
              </th>
              <td>{dayWords(rate.validFrom)}</td>
              <td data-number>{percentOf(rate.basisPoints)}</td>
              <td data-number>{money(rate.fixed)}</td>
              <td>{t(`feeVat.${rate.vat}`)}</td>
              <td data-number>{count(rate.settleDays)}</td>
            </tr>
          ))}
        </tbody>
      </table>
    </section>
  );
}
