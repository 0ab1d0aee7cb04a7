interface Bought {
  readonly package?: { readonly id: string } | null;
  readonly course?: { readonly id: string } | null;
}

/** The page of the package that a payment is for, with the course that was chosen and, if said, the way to pay. */
export function offerOf({ package: sold, course }: Bought, way: "proof" | null): string {
  const chosen = new URLSearchParams({ ...(course && { course: course.id }), ...(way && { way }) });
  return `/packages/${sold?.id}${chosen.size > 0 ? `?${chosen}` : ""}`;
}
