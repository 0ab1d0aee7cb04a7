import { Button } from "@mantine/core";
import { useEffect, useRef } from "react";
import { failureOf } from "../../ui/failure.ts";
import { useToast } from "../../ui/Toast.tsx";
import { useBuyingWords } from "../../ui/useBuyingWords.ts";
import type { PaymentView } from "../usePayment.ts";
import { cardName } from "./cardName.ts";
import styles from "./Instrument.module.css";
import { MethodChoice } from "./MethodChoice.tsx";
import { type Method, obstacleOf } from "./methodGroups.ts";
import { useMethods } from "./useMethods.ts";

interface SwitchMethodProps {
  readonly view: PaymentView;
  /** The name of what can be paid now and is closed first; undefined where nothing is open. */
  readonly open: string | undefined;
  onClose?(): void;
}

/** Chooses how to pay from here on, and says what becomes of what is open. */
export function SwitchMethod({ view, open, onClose }: SwitchMethodProps) {
  const { t } = useBuyingWords();
  const heading = useRef<HTMLHeadingElement>(null);
  const say = useToast();
  const { payment, refusal } = view;
  const current = payment?.currentTransaction?.method;
  const ways = useMethods(payment?.amount, open === undefined ? undefined : current);
  // The button that opened this is gone: whoever reads by ear goes on at what came in its place.
  useEffect(() => {
    if (open !== undefined) heading.current?.focus({ preventScroll: true });
  }, [open]);
  const { chosen } = ways;
  const label = ways.card ? cardName(ways.card) : chosen?.label;
  const ready = chosen !== undefined && obstacleOf(chosen, ways.amount) === null;
  const unsure = open !== undefined && refusal !== undefined && failureOf(refusal).code === "GATEWAY_UNAVAILABLE";
  const start = async (method: Method) => {
    if ((await view.start(method, ways.card?.id)) && open !== undefined) say(t("switch.oldEnds", { label: open }));
  };
  return (
    <section className={styles.switch} data-testid="switch-method">
      <h2 ref={heading} tabIndex={-1}>
        {t(open === undefined ? "choice.title" : "switch.title")}
      </h2>
      {open !== undefined && !ways.away && (
        <p className={styles.caution} data-testid="closes-first">
          {t("switch.closesFirst", { label: open })} {t("switch.paidAlready")}
        </p>
      )}
      {unsure && (
        <p className={styles.caution} role="alert" data-testid="unsure">
          {t("switch.unsure")}
        </p>
      )}
      <MethodChoice ways={ways} needsGateway />
      <div className={styles.buttons}>
        <Button
          size="lg"
          fullWidth
          disabled={!ready}
          loading={view.starting}
          onClick={() => chosen && void start(chosen.method)}
          data-testid="pay-again"
        >
          {ready && label ? t(open === undefined ? "switch.start" : "switch.go", { label }) : t("switch.choose")}
        </Button>
        {open !== undefined && onClose && (
          <Button variant="subtle" fullWidth disabled={view.starting} onClick={onClose}>
            {t("switch.keep", { label: open })}
          </Button>
        )}
      </div>
    </section>
  );
}
