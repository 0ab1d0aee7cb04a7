import type { WholeDiscrepancyFragment } from "../graphql/generated/admin/graphql.ts";
import cards from "../ui/Card.module.css";
import { money } from "../ui/format.ts";
import { DocumentIcon } from "../ui/icons/icons.tsx";
import styles from "./Close.module.css";
import { aboutOf } from "./discrepancyColumns.tsx";
import { factsOf, hasSentence, sidesOf, sideWords } from "./evidence.ts";
import inbox from "./InboxPage.module.css";
import { useDeskWords } from "./useDeskWords.ts";

/** What both sides say of one thing, beside each other, and what else is known. */
export function SideBySide({ gap }: { readonly gap: WholeDiscrepancyFragment }) {
  const { t } = useDeskWords();
  const { ours, theirs, shared, rest } = sidesOf(gap.evidence);
  return (
    <section className={`${cards.card} ${cards.stack}`} aria-label={t("gap.evidence")} data-testid="side-by-side">
      <h2>
        <DocumentIcon /> {aboutOf(gap)}
      </h2>
      <div className={styles.sides}>
        <Side title={t("gap.ours")} words={gap.ours} facts={ours} testId="ours" />
        <Side title={t("gap.theirs")} words={gap.theirs} facts={theirs} testId="theirs" />
      </div>
      <p className={styles.difference}>
        <span>{t("gap.amount")}</span>
        <strong>{money(gap.amount)}</strong>
      </p>
      <Facts facts={shared} />
      {rest !== null && (
        <details className={styles.more}>
          <summary>{t("gap.evidenceMore")}</summary>
          {/* biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls must be reachable by keyboard */}
          <pre className={inbox.payload} tabIndex={0} data-testid="evidence">
            {rest}
          </pre>
        </details>
      )}
    </section>
  );
}

interface SideProps {
  readonly title: string;
  readonly words: string | null | undefined;
  readonly facts: unknown;
  readonly testId: string;
}

function Side({ title, words, facts, testId }: SideProps) {
  const { t } = useDeskWords();
  return (
    <div className={styles.onesSide} data-testid={testId}>
      <h3>{title}</h3>
      {words && hasSentence(words) && <p className={cards.soft}>{t("admin.technical")}</p>}
      <p>
        <strong>{words ? sideWords(words) : t("gap.nothing")}</strong>
      </p>
      <Facts facts={facts} />
    </div>
  );
}

function Facts({ facts }: { readonly facts: unknown }) {
  const rows = factsOf(facts);
  if (rows.length === 0) return null;
  return (
    <dl className={styles.facts}>
      {rows.map(([name, value]) => (
        <div key={name}>
          <dt>{name}</dt>
          <dd>{value}</dd>
        </div>
      ))}
    </dl>
  );
}
