import { useId } from "react";
import field from "./Field.module.css";
import styles from "./Shipping.module.css";
import { isPickupPossible, latestPickup, type PickupWish, soonestPickup, VEHICLES } from "./shipping.ts";
import { useDeskWords } from "./useDeskWords.ts";
import { useMinute } from "./useMinute.ts";

export const NO_WISH: PickupWish = { at: "", vehicle: "" };

interface PickupFieldsProps {
  readonly wish: PickupWish;
  onChange(wish: PickupWish): void;
}

/** When and by what a courier should come; what is left empty is the server's to choose. */
export function PickupFields({ wish, onChange }: PickupFieldsProps) {
  const { t } = useDeskWords();
  const id = useId();
  const now = useMinute();
  const possible = isPickupPossible(wish, now);
  return (
    <div className={styles.wish}>
      <div className={`${field.field} ${field.small}`}>
        <label htmlFor={`${id}at`}>{t("ship.pickupAt")}</label>
        <input
          id={`${id}at`}
          type="datetime-local"
          min={soonestPickup(now)}
          max={latestPickup(now)}
          value={wish.at}
          aria-invalid={!possible}
          aria-describedby={`${id}how`}
          onChange={(event) => onChange({ ...wish, at: event.currentTarget.value })}
          data-testid="pickup-at"
        />
      </div>
      <div className={`${field.field} ${field.small}`}>
        <label htmlFor={`${id}by`}>{t("ship.vehicle")}</label>
        <select
          id={`${id}by`}
          value={wish.vehicle}
          onChange={(event) => onChange({ ...wish, vehicle: event.currentTarget.value })}
          data-testid="vehicle"
        >
          <option value="">{t("ship.byWeight")}</option>
          {VEHICLES.map((vehicle) => (
            <option key={vehicle}>{vehicle}</option>
          ))}
        </select>
      </div>
      <p id={`${id}how`} className={possible ? styles.how : styles.wrong}>
        {t(possible ? "ship.pickupHow" : "ship.pickupSoon")}
      </p>
    </div>
  );
}
