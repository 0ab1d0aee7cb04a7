import { useMutation } from "@apollo/client/react";
import { Button } from "@mantine/core";
import { useEffect, useId, useRef, useState } from "react";
import { type LabelPage, PrintLabelsDocument, type PrintLabelsMutation } from "../graphql/generated/admin/graphql.ts";
import cards from "../ui/Card.module.css";
import { DocumentIcon } from "../ui/icons/icons.tsx";
import field from "./Field.module.css";
import { PickAll } from "./PickBox.tsx";
import { ShipFailure } from "./ShipFailure.tsx";
import styles from "./Shipping.module.css";
import { useDeskWords } from "./useDeskWords.ts";
import type { Selection } from "./useSelection.ts";

/** As many as the server puts on one PDF. */
const LABELS_MAX = 25;
const PAPERS = ["A4", "A4X2", "A4X4", "THERMAL_10X10", "THERMAL_10X15"] as const satisfies readonly LabelPage[];

interface Labelled {
  readonly id: string;
  readonly order: { readonly id: string };
}

/** Prints the labels of the marked parcels: one PDF, opened by a link that is signed and short-lived. */
export function PrintLabels<Row extends Labelled>({ selection }: { readonly selection: Selection<Row> }) {
  const { t } = useDeskWords();
  const orderIds = selection.rows.map(({ order }) => order.id);
  return (
    <section className={`${cards.card} ${styles.bulk}`} aria-label={t("ship.label")}>
      <PickAll selection={selection} />
      <LabelsOf orderIds={orderIds} label={t("ship.labels", { count: orderIds.length })} />
      {orderIds.length > LABELS_MAX && <p className={styles.wrong}>{t("ship.labelsMax", { count: LABELS_MAX })}</p>}
    </section>
  );
}

type Link = PrintLabelsMutation["printLabels"];

interface LabelsOfProps {
  readonly orderIds: readonly string[];
  readonly label: string;
}

/** The paper, a button that has the labels made, and the link to them once they are. */
export function LabelsOf({ orderIds, label }: LabelsOfProps) {
  const { t } = useDeskWords();
  const id = useId();
  const [page, setPage] = useState<LabelPage>("A4");
  const [made, setMade] = useState<{ readonly link: Link; readonly of: string } | null>(null);
  const [print, { loading, error }] = useMutation(PrintLabelsDocument);
  const of = [page, ...orderIds].join();
  const submit = async () => {
    // A refusal stands in `error` below.
    const answer = await print({ variables: { orderIds: [...orderIds], page } }).catch(() => null);
    const link = answer?.data?.printLabels;
    if (link) setMade({ link, of });
  };
  return (
    <>
      {error && <ShipFailure error={error} />}
      <div className={styles.wish}>
        <div className={`${field.field} ${field.small}`}>
          <label htmlFor={id}>{t("ship.paper")}</label>
          <select
            id={id}
            value={page}
            onChange={(event) => setPage(PAPERS.find((paper) => paper === event.currentTarget.value) ?? "A4")}
            data-testid="paper"
          >
            {PAPERS.map((paper) => (
              <option key={paper} value={paper}>
                {t(`paper.${paper}`)}
              </option>
            ))}
          </select>
        </div>
        <Button
          variant="light"
          size="sm"
          leftSection={<DocumentIcon size={18} />}
          disabled={orderIds.length === 0 || orderIds.length > LABELS_MAX}
          loading={loading}
          onClick={() => void submit()}
          data-testid="print-labels"
        >
          {label}
        </Button>
      </div>
      {made?.of === of && <Ready link={made.link} />}
    </>
  );
}

/** A window that opens by itself after an answer would be stopped: the link takes the focus instead. */
function Ready({ link }: { readonly link: Link }) {
  const { t, at } = useDeskWords();
  const place = useRef<HTMLAnchorElement>(null);
  useEffect(() => place.current?.focus(), []);
  return (
    <div className={styles.ready} role="status">
      <Button
        ref={place}
        component="a"
        href={link.url}
        target="_blank"
        rel="noreferrer"
        leftSection={<DocumentIcon size={18} />}
        data-testid="labels-link"
      >
        {t("ship.openLabels", { count: link.count })}
      </Button>
      <p className={styles.how}>{t("ship.labelsReady", { when: at(link.expiresAt) })}</p>
    </div>
  );
}
