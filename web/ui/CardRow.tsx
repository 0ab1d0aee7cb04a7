import type { ReactNode } from "react";
import cards from "./Card.module.css";

/** A line of a card's list: what it is called, and what it is. */
export function CardRow({ label, children }: { readonly label: string; readonly children: ReactNode }) {
  return (
    <div className={cards.row}>
      <dt>{label}</dt>
      <dd>{children}</dd>
    </div>
  );
}
