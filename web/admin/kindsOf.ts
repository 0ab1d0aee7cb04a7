type KindOf<Key, Prefix extends string> = Key extends `${Prefix}.${infer Kind}` ? Kind : never;

/** What has a word under a prefix, in the catalogue's order: a list of kinds is the list of their names. */
export const kindsOf = <Words extends object, Prefix extends string>(words: Words, prefix: Prefix) =>
  Object.keys(words).flatMap((key) => (key.startsWith(`${prefix}.`) ? [key.slice(prefix.length + 1)] : [])) as Array<
    KindOf<keyof Words, Prefix>
  >;
