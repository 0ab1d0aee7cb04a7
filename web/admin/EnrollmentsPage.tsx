import { useQuery } from "@apollo/client/react";
import { Link } from "react-router";
import {
  AdminEnrollmentsDocument,
  type AdminEnrollmentsQuery,
  CoursesDocument,
  type EnrollmentStatus,
} from "../graphql/generated/admin/graphql.ts";
import cards from "../ui/Card.module.css";
import { money } from "../ui/format.ts";
import { Page } from "../ui/Page.tsx";
import { StatusChip } from "../ui/StatusChip.tsx";
import { type Column, DataTable } from "./DataTable.tsx";
import { DayRange } from "./DayRange.tsx";
import { ExportList } from "./ExportList.tsx";
import { ChoiceFilter, FilterBar, TextFilter } from "./Filters.tsx";
import styles from "./Proofs.module.css";
import { useDeskWords } from "./useDeskWords.ts";
import { useFilters } from "./useFilters.ts";
import { useList, useListWatch } from "./useList.ts";

type Row = AdminEnrollmentsQuery["adminEnrollments"]["edges"][number]["node"];

const STATUSES: readonly EnrollmentStatus[] = ["ENROLLED", "NOT_ENROLLED"];

/** Who learns what, how far they are, and which payments that stands on. */
export function EnrollmentsPage() {
  const { t } = useDeskWords();
  const filters = useFilters(["q", "course", "status", "from", "to"]);
  const { q, course, status, from, to } = filters.values;
  const asked = {
    search: q || null,
    courseId: course || null,
    status: STATUSES.find((known) => known === status) ?? null,
    from: from || null,
    to: to || null,
  };
  const list = useList(AdminEnrollmentsDocument, asked, (data) => data.adminEnrollments);
  useListWatch(list);
  const columns = useColumns();
  return (
    <Page title={t("enrollments.title")}>
      <FilterBar onClear={filters.clear}>
        <TextFilter
          label={t("admin.search")}
          hint={t("enrollments.search")}
          value={q}
          onChange={(value) => filters.set("q", value)}
        />
        <CourseFilter value={course} onChange={(value) => filters.set("course", value)} />
        <ChoiceFilter
          label={t("admin.status")}
          any={t("admin.anyStatus")}
          value={status}
          options={STATUSES.map((value) => ({ value, label: t(`enrollStatus.${value}`) }))}
          onChange={(value) => filters.set("status", value)}
        />
        <DayRange from={from} to={to} onChange={(first, last) => filters.setAll({ from: first, to: last })} />
      </FilterBar>
      <ExportList
        name="enrollments"
        document={AdminEnrollmentsDocument}
        filters={asked}
        columns={columns}
        connectionOf={(data) => data.adminEnrollments}
      />
      <DataTable
        label={t("enrollments.title")}
        columns={columns}
        list={list}
        onClear={filters.clear}
        detail={(row) => <Grants row={row} />}
      />
    </Page>
  );
}

function CourseFilter({ value, onChange }: { readonly value: string; onChange(value: string): void }) {
  const { t } = useDeskWords();
  const { data } = useQuery(CoursesDocument);
  const courses = new Map(data?.packages.flatMap((each) => each.courses).map((course) => [course.id, course.title]));
  const options = [...courses]
    .map(([id, label]) => ({ value: id, label }))
    .sort((a, b) => a.label.localeCompare(b.label));
  return (
    <ChoiceFilter
      label={t("enrollments.course")}
      any={t("enrollments.anyCourse")}
      value={value}
      options={options}
      onChange={onChange}
    />
  );
}

const living = ({ grants }: Row) => grants.filter(({ revokedAt }) => !revokedAt);

function useColumns(): ReadonlyArray<Column<Row>> {
  const { t, at } = useDeskWords();
  const standsOn = (row: Row) => {
    const [first, ...more] = living(row);
    if (!first) return t("enrollments.grantsNone");
    return more.length > 0 ? t("enrollments.grantsLive", { count: more.length + 1 }) : first.payment.number;
  };
  return [
    {
      key: "learner",
      label: t("enrollments.learner"),
      cell: ({ user }) => (
        <>
          {user.name}
          <br />
          <small>{user.email}</small>
        </>
      ),
      text: ({ user }) => user.email,
    },
    {
      key: "course",
      label: t("enrollments.course"),
      cell: (row) => row.course.title,
      text: (row) => row.course.title,
    },
    ...useProgressColumns(),
    {
      key: "since",
      label: t("enrollments.since"),
      fit: "moment",
      cell: (row) => at(row.enrolledAt),
      text: (row) => at(row.enrolledAt),
    },
    {
      key: "finished",
      label: t("enrollments.finished"),
      fit: "moment",
      cell: (row) => at(row.completedAt) || "–",
      text: (row) => at(row.completedAt),
    },
    { key: "grants", label: t("enrollments.grants"), fit: "whole", cell: standsOn, text: standsOn },
  ];
}

function useProgressColumns(): ReadonlyArray<Column<Row>> {
  const { t } = useDeskWords();
  return [
    {
      key: "status",
      label: t("admin.status"),
      cell: ({ status }) => (
        <StatusChip
          meaning={status === "ENROLLED" ? "good" : "ended"}
          label={t(`enrollStatus.${status}`)}
          status={status}
        />
      ),
      text: ({ status }) => t(`enrollStatus.${status}`),
    },
    {
      key: "progress",
      label: t("enrollments.progress"),
      cell: ({ progress }) => (
        <span className={styles.progress}>
          <progress value={progress} max={100} aria-label={t("enrollments.progressOf", { percent: progress })} />
          <span className="tabular">{progress}%</span>
        </span>
      ),
      text: ({ progress }) => String(progress),
    },
  ];
}

/** The payments that an enrolment stands on, and those that it stood on. */
function Grants({ row }: { readonly row: Row }) {
  const { t, at } = useDeskWords();
  return (
    <div className={cards.stack}>
      <ul className={styles.grants} aria-label={t("enrollments.grants")}>
        {row.grants.map(({ payment, grantedAt, revokedAt }) => (
          <li key={payment.id} data-testid="grant">
            <Link to={`/admin/payments/${payment.id}`}>{payment.number}</Link>
            <StatusChip
              meaning={revokedAt ? "ended" : "good"}
              label={t(revokedAt ? "enrollments.taken" : "enrollments.stands")}
            />
            <span>
              {money(payment.amount)} · {t(`paymentStatus.${payment.status}`)}
            </span>
            <small>
              {t("enrollments.granted", { when: at(grantedAt) })}
              {revokedAt && ` · ${t("enrollments.revoked", { when: at(revokedAt) })}`}
            </small>
          </li>
        ))}
      </ul>
      <p className={cards.soft}>{t("enrollments.about")}</p>
    </div>
  );
}
