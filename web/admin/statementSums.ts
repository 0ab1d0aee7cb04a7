/** What a statement says of a store's day, in the order in which it is read; whole rupiah. */
export const STATEMENT_PARTS = ["sales", "shipping", "discount", "ppn", "refunds", "fees", "net"] as const;
export type StatementSums = Readonly<Record<(typeof STATEMENT_PARTS)[number], number>>;

const NOTHING: StatementSums = { sales: 0, shipping: 0, discount: 0, ppn: 0, refunds: 0, fees: 0, net: 0 };

/** All stores together. */
export const sumOfStatements = (statements: readonly StatementSums[]): StatementSums =>
  statements.reduce<StatementSums>(
    (sum, each) =>
      Object.fromEntries(STATEMENT_PARTS.map((part) => [part, sum[part] + each[part]])) as unknown as StatementSums,
    NOTHING,
  );

/** What its parts come to less what it says; 0 where it is right. */
export const gapOfStatement = (sums: StatementSums): number =>
  sums.sales + sums.shipping - sums.discount + sums.ppn - sums.refunds - sums.fees - sums.net;
