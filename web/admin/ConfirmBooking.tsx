import { useMutation } from "@apollo/client/react";
import { Button, Textarea, TextInput } from "@mantine/core";
import { type FormEvent, useState } from "react";
import { ConfirmBookingDocument, type StaffParcelFragment } from "../graphql/generated/admin/graphql.ts";
import cards from "../ui/Card.module.css";
import { useToast } from "../ui/Toast.tsx";
import { NEWS } from "./news.ts";
import styles from "./ResolveCase.module.css";
import { ShipFailure } from "./ShipFailure.tsx";
import { useDeskWords } from "./useDeskWords.ts";

/** As the server takes them. */
const NOTE_MAX = 500;
const NUMBER_MAX = 40;

type Found = "exists" | "gone";

/** A booking whose answer was lost: a person looked at the company's own list, and says what is there. */
export function ConfirmBooking({ parcel }: { readonly parcel: StaffParcelFragment }) {
  const { t } = useDeskWords();
  const say = useToast();
  const [found, setFound] = useState<Found | null>(null);
  const [number, setNumber] = useState("");
  const [note, setNote] = useState("");
  const [tried, setTried] = useState(false);
  const [confirm, { loading, error }] = useMutation(ConfirmBookingDocument, NEWS);
  const lacks = { found: found === null, number: found === "exists" && number.trim() === "", note: note.trim() === "" };
  const submit = async (event: FormEvent) => {
    event.preventDefault();
    setTried(true);
    if (lacks.found || lacks.number || lacks.note || loading) return;
    const bookingNo = found === "exists" ? number.trim() : null;
    // A refusal stands in `error` below.
    const input = { shipmentId: parcel.id, bookingNo, note: note.trim() };
    const answer = await confirm({ variables: { input } }).catch(() => null);
    if (answer?.data) say(t("ship.said"));
  };
  return (
    <form className={cards.stack} onSubmit={(event) => void submit(event)} noValidate data-testid="confirm-booking">
      <h3>{t("ship.unknownTitle")}</h3>
      <p className={cards.soft}>
        {t("ship.unknownText")} {t("ship.unknownHow")}
      </p>
      <Finding found={found} missing={tried && lacks.found} onChange={setFound} />
      {found === "exists" && (
        <TextInput
          label={t("ship.existsNo")}
          maxLength={NUMBER_MAX}
          value={number}
          error={tried && lacks.number && t("ship.existsNoMissing")}
          onChange={(event) => setNumber(event.currentTarget.value)}
          data-testid="booking-no"
        />
      )}
      <Textarea
        label={t("ship.note")}
        maxLength={NOTE_MAX}
        minRows={2}
        autosize
        value={note}
        error={tried && lacks.note && t("admin.clearNoteMissing")}
        onChange={(event) => setNote(event.currentTarget.value)}
        data-testid="booking-note"
      />
      {error && <ShipFailure error={error} />}
      <div className={cards.actions}>
        <Button type="submit" loading={loading} data-testid="say-booking">
          {t("ship.say")}
        </Button>
      </div>
    </form>
  );
}

interface FindingProps {
  readonly found: Found | null;
  readonly missing: boolean;
  onChange(found: Found): void;
}

/** Whether the company's list has the booking, and what follows from either. */
function Finding({ found, missing, onChange }: FindingProps) {
  const { t } = useDeskWords();
  return (
    <fieldset className={styles.actions}>
      <legend>{t("ship.what")}</legend>
      {(["exists", "gone"] as const).map((one) => (
        <label key={one} className={styles.action}>
          <input
            type="radio"
            name="found"
            checked={found === one}
            onChange={() => onChange(one)}
            data-testid={`booking-${one}`}
          />
          <span>
            {t(`ship.${one}`)}
            <small>{t(`ship.${one}Effect`)}</small>
          </span>
        </label>
      ))}
      {missing && (
        <p className={styles.missing} role="alert">
          {t("ship.whatMissing")}
        </p>
      )}
    </fieldset>
  );
}
