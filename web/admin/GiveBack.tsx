import { Button, TextInput } from "@mantine/core";
import { type FormEvent, useEffect, useId, useRef, useState } from "react";
import { usePerson } from "../account/usePerson.ts";
import cards from "../ui/Card.module.css";
import { Failure } from "../ui/Failure.tsx";
import { money } from "../ui/format.ts";
import reasonStyles from "../ui/ReasonChoice.module.css";
import { ReasonChoice } from "../ui/ReasonChoice.tsx";
import { NO_REASON, reasonWords } from "../ui/reason.ts";
import { useToast } from "../ui/Toast.tsx";
import { useUnsaved } from "../ui/useUnsaved.ts";
import field from "./Field.module.css";
import { GiveBackItems } from "./GiveBackItems.tsx";
import { GiveBackPreview } from "./GiveBackPreview.tsx";
import { WAYS } from "./giveBack.ts";
import { staffReasons } from "./staffReasons.ts";
import { useDeskWords } from "./useDeskWords.ts";
import { type GiveBackState, useGiveBack } from "./useGiveBack.ts";
import { useOpening } from "./useOpening.ts";
import { useRefusalWords } from "./useRefusalWords.ts";

/** As long a reason as the gateway takes. */
const MAX_REASON = 255;

interface GiveBackProps {
  readonly paymentId: string;
  /** What it pays for; none for a course. */
  readonly orders: ReadonlyArray<{ readonly id: string; readonly number: string }>;
  /** Whole rupiah that are not on their way back yet. */
  readonly refundable: number;
}

/** An admin gives money of a paid payment back, with what that means shown before. */
export function GiveBack(props: GiveBackProps) {
  const { t } = useDeskWords();
  const { person } = usePerson();
  const { isOpen, open, close, button } = useOpening();
  if (person?.role !== "ADMIN") return null;
  if (props.refundable === 0) return <p className={cards.soft}>{t("giveBack.nothing")}</p>;
  if (isOpen) return <Form {...props} onClose={close} />;
  return (
    <Button ref={button} variant="default" onClick={open} data-testid="give-back">
      {t("giveBack.open")}
    </Button>
  );
}

function Form({ paymentId, orders, onClose }: GiveBackProps & { onClose(): void }) {
  const { t } = useDeskWords();
  const say = useToast();
  const state = useGiveBack(paymentId, orders.length === 1 ? (orders[0]?.id ?? "") : "");
  const [reason, setReason] = useState(NO_REASON);
  const [tried, setTried] = useState(false);
  const heading = useRef<HTMLHeadingElement>(null);
  useEffect(() => heading.current?.focus({ preventScroll: true }), []);
  const needsOrder = orders.length > 1 && state.draft.orderId === "";
  const { preview } = state;
  const { pieces, amount } = state.draft;
  useUnsaved(amount !== "" || reason !== NO_REASON || Object.values(pieces).some(({ quantity }) => quantity > 0));
  const canGo = preview !== undefined && !preview.refusal && !needsOrder;
  const submit = async (event: FormEvent) => {
    event.preventDefault();
    setTried(true);
    const words = reasonWords(reason);
    if (!canGo || words === "") return;
    const given = await state.giveBack(words);
    if (given === null) return;
    onClose();
    say(t("giveBack.done", { amount: money(given) }));
  };
  return (
    <form
      className={`${cards.card} ${cards.stack}`}
      onSubmit={(event) => void submit(event)}
      noValidate
      data-testid="give-back-form"
    >
      <h2 ref={heading} tabIndex={-1}>
        {t("giveBack.title")}
      </h2>
      {orders.length > 1 && <OrderChoice orders={orders} state={state} />}
      {!needsOrder && (
        <>
          <What state={state} hasItems={orders.length > 0} />
          <ReasonChoice
            legend={t("giveBack.reason")}
            ownLabel={t("cancel.ownReason")}
            missingText={t("cancel.reasonMissing")}
            maxLength={MAX_REASON}
            reasons={staffReasons(t)}
            draft={reason}
            tried={tried}
            onChange={setReason}
          />
        </>
      )}
      <div className={cards.actions}>
        <Button type="submit" color="red.9" loading={state.loading} disabled={!canGo} data-testid="give-back-confirm">
          {canGo ? t("giveBack.submit", { amount: money(preview.amount) }) : t("giveBack.open")}
        </Button>
        <Button variant="default" disabled={state.loading} onClick={onClose}>
          {t("common.keep")}
        </Button>
      </div>
    </form>
  );
}

function OrderChoice({ orders, state }: Pick<GiveBackProps, "orders"> & { readonly state: GiveBackState }) {
  const { t } = useDeskWords();
  const id = useId();
  return (
    <div className={field.field}>
      <label htmlFor={id}>{t("giveBack.order")}</label>
      <select
        id={id}
        value={state.draft.orderId}
        onChange={(event) => state.change({ orderId: event.currentTarget.value, pieces: {} })}
        data-testid="give-back-order"
      >
        <option value="">{t("giveBack.chooseOrder")}</option>
        {orders.map((order) => (
          <option key={order.id} value={order.id}>
            {order.number}
          </option>
        ))}
      </select>
    </div>
  );
}

/** What goes back, what that would do, and why it was refused. */
function What({ state, hasItems }: { readonly state: GiveBackState; readonly hasItems: boolean }) {
  const { t } = useDeskWords();
  const name = useId();
  const { draft, change, preview, facts } = state;
  const meaning = useRefusalWords();
  const max = preview?.max ?? facts?.max ?? 0;
  return (
    <>
      <fieldset className={reasonStyles["reasons"]}>
        <legend>{t("giveBack.what")}</legend>
        {WAYS.filter((way) => hasItems || way !== "items").map((way) => (
          <label key={way} className={reasonStyles["reason"]}>
            <input
              type="radio"
              name={name}
              checked={draft.way === way}
              onChange={() => change({ way, amount: "" })}
              data-testid={`give-back-${way}`}
            />
            <span>{t(`giveBack.${way}`)}</span>
          </label>
        ))}
      </fieldset>
      {draft.way === "items" && <GiveBackItems state={state} />}
      {draft.way !== "whole" && (
        <TextInput
          label={t("giveBack.rupiah")}
          description={
            draft.way === "items" && preview
              ? t("giveBack.rupiahHow", { amount: money(preview.suggested), max: money(max) })
              : t("giveBack.rupiahMax", { max: money(max) })
          }
          inputMode="numeric"
          autoComplete="off"
          maxLength={20}
          value={draft.amount}
          onChange={(event) => change({ amount: event.currentTarget.value })}
          data-testid="give-back-rupiah"
        />
      )}
      <GiveBackPreview state={state} />
      {state.error && <Failure error={state.error} meaning={meaning} />}
    </>
  );
}
