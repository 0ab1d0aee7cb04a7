interface Kind {
  readonly isBundle: boolean;
  readonly courses: readonly unknown[];
}

/** The words for what a package is: all of its courses, its only one, or one of them. */
export function packageKind({ isBundle, courses }: Kind): "packages.bundle" | "packages.single" | "packages.oneOf" {
  if (isBundle) return "packages.bundle";
  return courses.length === 1 ? "packages.single" : "packages.oneOf";
}
