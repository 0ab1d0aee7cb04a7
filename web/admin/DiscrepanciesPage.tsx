import { Button } from "@mantine/core";
import { Link } from "react-router";
import { DiscrepanciesDocument } from "../graphql/generated/admin/graphql.ts";
import { Empty } from "../ui/Empty.tsx";
import { BackIcon, CheckIcon } from "../ui/icons/icons.tsx";
import { Page } from "../ui/Page.tsx";
import { closeDeskId } from "../ui/words/closeDesk.id.ts";
import { DataTable } from "./DataTable.tsx";
import { useDiscrepancies, useDiscrepancyColumns } from "./discrepancyColumns.tsx";
import { ExportList } from "./ExportList.tsx";
import { ChoiceFilter, DayFilter, FilterBar } from "./Filters.tsx";
import { kindsOf } from "./kindsOf.ts";
import order from "./OrderPage.module.css";
import { useDeskWords } from "./useDeskWords.ts";
import { useFilters } from "./useFilters.ts";

/** One that has no name is shown by its own word. */
const KINDS = kindsOf(closeDeskId, "gapKind");
/** Whether those that ended are listed: the address's word. */
const OPEN_BY: Readonly<Record<string, boolean | null>> = { "": true, ended: false, all: null };

/** What does not agree, over all days: the open ones, unless others are asked for. */
export function DiscrepanciesPage() {
  const { t } = useDeskWords();
  const filters = useFilters(["state", "kind", "day"]);
  const { state, kind, day } = filters.values;
  const open = state in OPEN_BY ? (OPEN_BY[state] ?? null) : true;
  const asked = { day: day || null, kind: kind || null, open };
  const list = useDiscrepancies(asked);
  const isAllWell = list.connection?.edges.length === 0 && filters.clear === null;
  const columns = useDiscrepancyColumns({ withDay: true });
  return (
    <Page title={t("close.toQueue")}>
      <Link to="/admin/close" className={order.back}>
        <BackIcon size={18} /> {t("close.title")}
      </Link>
      <FilterBar onClear={filters.clear}>
        <ChoiceFilter
          label={t("close.state")}
          any={t("gap.open")}
          value={state}
          options={[
            { value: "ended", label: t("gap.ended") },
            { value: "all", label: t("gap.all") },
          ]}
          onChange={(value) => filters.set("state", value)}
        />
        <ChoiceFilter
          label={t("gap.kind")}
          any={t("gap.anyKind")}
          value={kind}
          options={KINDS.map((value) => ({ value, label: t(`gapKind.${value}`) }))}
          onChange={(value) => filters.set("kind", value)}
        />
        <DayFilter label={t("close.day")} value={day} onChange={(value) => filters.set("day", value)} />
      </FilterBar>
      <ExportList
        name="discrepancies"
        document={DiscrepanciesDocument}
        filters={asked}
        columns={columns}
        connectionOf={(data) => data.discrepancies}
      />
      {isAllWell ? (
        <Empty
          icon={<CheckIcon size={32} />}
          title={t("gap.none")}
          text={t("gap.noneText")}
          action={
            <Button component={Link} to="/admin/close" variant="light">
              {t("close.title")}
            </Button>
          }
        />
      ) : (
        <DataTable label={t("gap.title")} columns={columns} list={list} onClear={filters.clear} />
      )}
    </Page>
  );
}
