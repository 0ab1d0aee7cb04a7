import { AdminUsersDocument, type LearnerFragment } from "../graphql/generated/admin/graphql.ts";
import { Page } from "../ui/Page.tsx";
import { type Column, DataTable } from "./DataTable.tsx";
import { ChoiceFilter, FilterBar, TextFilter } from "./Filters.tsx";
import { MemberChip, SetMember } from "./MemberMark.tsx";
import { useDeskWords } from "./useDeskWords.ts";
import { useFilters } from "./useFilters.ts";
import { useList, useListWatch } from "./useList.ts";

/** Every account, and who of them may buy at the members' price. */
export function MembersPage() {
  const { t } = useDeskWords();
  const filters = useFilters(["q", "which"]);
  const { q, which } = filters.values;
  const isMember = which === "members" || which === "others" ? which === "members" : null;
  const list = useList(AdminUsersDocument, { search: q || null, isMember }, (data) => data.adminUsers);
  useListWatch(list);
  return (
    <Page title={t("members.title")}>
      <FilterBar onClear={filters.clear}>
        <TextFilter
          label={t("admin.search")}
          hint={t("members.search")}
          value={q}
          onChange={(value) => filters.set("q", value)}
        />
        <ChoiceFilter
          label={t("members.which")}
          any={t("members.any")}
          value={which}
          options={[
            { value: "members", label: t("members.only") },
            { value: "others", label: t("members.others") },
          ]}
          onChange={(value) => filters.set("which", value)}
        />
      </FilterBar>
      <DataTable
        label={t("members.title")}
        columns={useColumns()}
        list={list}
        onClear={filters.clear}
        detail={(user) => <SetMember user={user} />}
      />
    </Page>
  );
}

function useColumns(): ReadonlyArray<Column<LearnerFragment>> {
  const { t, at } = useDeskWords();
  return [
    { key: "name", label: t("members.name"), cell: (row) => row.name },
    { key: "email", label: t("members.email"), cell: (row) => row.email },
    { key: "role", label: t("members.role"), cell: (row) => t(`role.${row.role}`) },
    { key: "member", label: t("members.which"), cell: (row) => <MemberChip isMember={row.isMember} /> },
    { key: "since", label: t("members.since"), fit: "moment", cell: (row) => at(row.createdAt) },
  ];
}
