import { Bone } from "../ui/Bone.tsx";
import styles from "./GiveBack.module.css";
import type { Pieces } from "./giveBack.ts";
import { useDeskWords } from "./useDeskWords.ts";
import type { GiveBackState } from "./useGiveBack.ts";

const NONE: Pieces = { quantity: 0, restock: false };

/** The items of the order with how many of each go back, and whether they are on the shelf again. */
export function GiveBackItems({ state }: { readonly state: GiveBackState }) {
  const { facts, draft, change } = state;
  if (!facts) return <Bone height={80} />;
  return (
    <ul className={styles.items}>
      {facts.items.map((item) => (
        <li key={item.orderItemId}>
          <strong>{item.productName}</strong>
          <Line
            item={item}
            pieces={draft.pieces[item.orderItemId] ?? NONE}
            onChange={(pieces) => change({ pieces: { ...draft.pieces, [item.orderItemId]: pieces } })}
          />
        </li>
      ))}
    </ul>
  );
}

interface LineProps {
  readonly item: { readonly productName: string; readonly refundable: number; readonly restockable: number };
  readonly pieces: Pieces;
  onChange(pieces: Pieces): void;
}

function Line({ item, pieces, onChange }: LineProps) {
  const { t } = useDeskWords();
  const { productName: name, refundable, restockable } = item;
  const fits = (quantity: number) => quantity > 0 && quantity <= restockable;
  const take = (typed: number) => {
    const quantity = Math.min(refundable, Math.max(0, Math.trunc(typed) || 0));
    // What comes back goes on the shelf unless somebody says that it is broken or lost.
    const restock = pieces.quantity === 0 ? fits(quantity) : pieces.restock && fits(quantity);
    onChange({ quantity, restock });
  };
  return (
    <div className={styles.line}>
      <span>
        <input
          type="number"
          min={0}
          max={refundable}
          value={pieces.quantity}
          disabled={refundable === 0}
          aria-label={t("giveBack.pieces", { name })}
          onChange={(event) => take(event.currentTarget.valueAsNumber)}
          data-testid="give-back-pieces"
        />{" "}
        {t("giveBack.ofPieces", { count: refundable })}
      </span>
      <label className={styles.check}>
        <input
          type="checkbox"
          checked={pieces.restock}
          disabled={!fits(pieces.quantity)}
          aria-label={t("giveBack.restockOf", { name })}
          onChange={(event) => onChange({ ...pieces, restock: event.currentTarget.checked })}
          data-testid="give-back-restock"
        />
        {t("giveBack.restock")}
      </label>
    </div>
  );
}
