import { failureOf } from "../ui/failure.ts";
import { WarningIcon } from "../ui/icons/icons.tsx";
import styles from "./Shipping.module.css";
import { useShippingRefusal } from "./useShippingRefusal.ts";

/** A refusal of something about a parcel, with what to do. */
export function ShipFailure({ error }: { readonly error: unknown }) {
  const wordsFor = useShippingRefusal();
  const { code, details } = failureOf(error);
  return (
    <p className={styles.refused} role="alert" data-testid="failure" data-code={code}>
      <WarningIcon size={18} /> {wordsFor(code, details)}
    </p>
  );
}
