import type { ProofFragment } from "../graphql/generated/admin/graphql.ts";

/** The courses that an approval opens, in words. */
export const titlesOf = ({ course, package: sold }: ProofFragment): string =>
  (course ? [course] : (sold?.courses ?? [])).map(({ title }) => title).join(", ");
