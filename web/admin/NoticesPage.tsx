import { NoticesDocument, type NoticesQuery } from "../graphql/generated/admin/graphql.ts";
import { Page } from "../ui/Page.tsx";
import { type Column, DataTable } from "./DataTable.tsx";
import styles from "./NoticesPage.module.css";
import { useDeskWords } from "./useDeskWords.ts";
import { useList, useListWatch } from "./useList.ts";

type Row = NoticesQuery["notices"]["edges"][number]["node"];

/** Every mail that the shop wrote, sent or only stored, as its reader sees it. */
export function NoticesPage() {
  const { t, named, at } = useDeskWords();
  const list = useList(NoticesDocument, {}, (data) => data.notices);
  useListWatch(list);
  const columns: ReadonlyArray<Column<Row>> = [
    { key: "subject", label: t("admin.subject"), cell: (row) => row.subject },
    { key: "recipient", label: t("admin.recipient"), cell: (row) => row.recipient },
    { key: "event", label: t("admin.event"), cell: (row) => <code>{row.template}</code> },
    { key: "created", label: t("admin.created"), fit: "moment", cell: (row) => at(row.createdAt) },
    {
      key: "sent",
      label: t("admin.sent"),
      fit: "moment",
      cell: (row) => at(row.sentAt) || named(`noticeState.${row.state}`, row.state),
    },
  ];
  return (
    <Page title={t("admin.notices")}>
      <DataTable
        label={t("admin.notices")}
        columns={columns}
        list={list}
        detail={(row) => (
          // Sandboxed with no permission at all: nothing in a stored mail may run, load or lead anywhere from here.
          <iframe
            className={styles.mail}
            title={`${t("admin.noticePreview")}: ${row.subject}`}
            srcDoc={row.html}
            sandbox=""
            data-testid="notice-body"
          />
        )}
      />
    </Page>
  );
}
