/** What is counted of carts, in the order of their life. */
export const CART_FIGURES = ["started", "abandoned", "reminded", "recovered"] as const;
type Figures = Readonly<Record<(typeof CART_FIGURES)[number], number>>;

/** The figures of days together. */
export const cartTotals = (days: readonly Figures[]): Figures =>
  days.reduce<Figures>(
    (sum, day) => ({
      started: sum.started + day.started,
      abandoned: sum.abandoned + day.abandoned,
      reminded: sum.reminded + day.reminded,
      recovered: sum.recovered + day.recovered,
    }),
    { started: 0, abandoned: 0, reminded: 0, recovered: 0 },
  );
