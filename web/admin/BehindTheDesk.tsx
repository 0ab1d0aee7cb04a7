import { useQuery } from "@apollo/client/react";
import { Link } from "react-router";
import { HomeBehindDocument, type HomeBehindQuery, type SignFragment } from "../graphql/generated/admin/graphql.ts";
import cards from "../ui/Card.module.css";
import { CardRow } from "../ui/CardRow.tsx";
import { fileSize } from "../ui/format.ts";
import { ShieldIcon } from "../ui/icons/icons.tsx";
import { StatusChip } from "../ui/StatusChip.tsx";
import { FIGURES } from "./figures.ts";
import { signAge } from "./signAge.ts";
import { useDeskWords } from "./useDeskWords.ts";

/** Whether the gateway is heard, and when the last good backup was taken: what nobody notices until it is missing. */
export function BehindTheDesk() {
  const { t } = useDeskWords();
  const { data } = useQuery(HomeBehindDocument, FIGURES);
  if (!data) return null;
  const { backupState, gatewaySetup } = data;
  return (
    <section className={cards.card} data-testid="behind">
      <h2>
        <ShieldIcon /> {t("desk.behind")}
      </h2>
      <dl className={cards.rows}>
        <CardRow label={t("sign.lastNotification")}>
          <SignAge sign={gatewaySetup.lastNotification} />
        </CardRow>
        <CardRow label={t("sign.lastAnswer")}>
          <SignAge sign={gatewaySetup.lastAnswer} />
        </CardRow>
        <CardRow label={t("backup.last")}>
          <Backup backup={backupState} />
        </CardRow>
      </dl>
      <Link to="/admin/midtrans">{t("admin.midtrans")}</Link>
    </section>
  );
}

function SignAge({ sign }: { readonly sign: SignFragment | null | undefined }) {
  const { t, at } = useDeskWords();
  if (!sign) return t("sign.none");
  const { unit, count } = signAge(sign.ageSeconds);
  return (
    <>
      {t(`age.${unit}`, { count })}
      <br />
      <small>{at(sign.at)}</small>
    </>
  );
}

function Backup({ backup }: { readonly backup: HomeBehindQuery["backupState"] }) {
  const { t, at } = useDeskWords();
  const { takenAt, bytes, isOld, isScheduled } = backup;
  const state = !takenAt ? "none" : isOld ? "old" : "good";
  return (
    <>
      <StatusChip
        meaning={state === "good" ? "good" : isScheduled || takenAt ? "wrong" : "waiting"}
        label={t(`backup.${state}`)}
        status={state}
        testId="backup-state"
      />
      <br />
      {takenAt && (
        <small>
          {at(takenAt)}
          {typeof bytes === "number" && ` · ${fileSize(bytes)}`}
        </small>
      )}
      {!isScheduled && (
        <>
          {takenAt && <br />}
          <small>{t("backup.unscheduled")}</small>
        </>
      )}
    </>
  );
}
