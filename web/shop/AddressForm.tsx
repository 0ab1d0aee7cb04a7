import { Textarea, TextInput } from "@mantine/core";
import cards from "../ui/Card.module.css";
import { PinIcon } from "../ui/icons/icons.tsx";
import { useBuyingWords } from "../ui/useBuyingWords.ts";
import type { AddressDraft, AddressGaps } from "./addressDraft.ts";
import styles from "./CheckoutPage.module.css";
import { DestinationSearch } from "./DestinationSearch.tsx";

interface AddressFormProps {
  readonly draft: AddressDraft;
  readonly gaps: AddressGaps;
  onChange(change: Partial<AddressDraft>): void;
}

/** Who gets the parcel, and where. */
export function AddressForm({ draft, gaps, onChange }: AddressFormProps) {
  const { t } = useBuyingWords();
  return (
    <section className={cards.card}>
      <h2>
        <PinIcon /> {t("address.title")}
      </h2>
      <div className={styles.fields}>
        <TextInput
          label={t("address.recipient")}
          required
          autoComplete="name"
          maxLength={100}
          value={draft.recipient}
          error={gaps.recipient && t("address.recipientMissing")}
          onChange={(event) => onChange({ recipient: event.currentTarget.value })}
        />
        <TextInput
          label={t("address.phone")}
          required
          type="tel"
          autoComplete="tel"
          maxLength={30}
          value={draft.phone}
          error={gaps.phone && t("register.phoneWrong")}
          onChange={(event) => onChange({ phone: event.currentTarget.value })}
        />
        <div className={styles.wide}>
          <DestinationSearch
            value={draft.destination}
            error={gaps.destination ? t("address.destinationMissing") : null}
            onChange={(destination) => onChange({ destination })}
          />
        </div>
        <Textarea
          className={styles.wide}
          label={t("address.line")}
          description={t("address.lineHow")}
          required
          rows={2}
          autoComplete="street-address"
          maxLength={300}
          value={draft.line}
          error={gaps.line && t("address.lineMissing")}
          data-testid="address-line"
          onChange={(event) => onChange({ line: event.currentTarget.value })}
        />
        <TextInput
          className={styles.wide}
          label={t("address.note")}
          maxLength={200}
          value={draft.note}
          data-testid="address-note"
          onChange={(event) => onChange({ note: event.currentTarget.value })}
        />
      </div>
    </section>
  );
}
