/**
 * The advisory lock under which the schema changes: any number that no other tool of ours uses. Two starts at once must
 * not both migrate, and nothing migrates while a backup is taken.
 */
export const MIGRATION_LOCK = 7_246_301;
