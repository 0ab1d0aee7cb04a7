import { Ctx, Field, Float, ObjectType, Query, Resolver } from "type-graphql";
import { readBackupState, type BackupState as State } from "../../domain/report/backup.queries.ts";
import type { Context } from "./context.ts";
import { DateTime } from "./scalars.ts";

@ObjectType({ simpleResolvers: true, description: "How things stand with the shop's backups." })
class BackupState implements State {
  @Field(() => Boolean, { description: "Whether a worker takes them by itself (BACKUP_CRON)." }) isScheduled!: boolean;
  @Field(() => DateTime, {
    nullable: true,
    description: "The moment that the newest one holds that was read back and found good; null: there is none.",
  })
  takenAt!: Date | null;
  @Field(() => Float, { nullable: true, description: "Of its file; whole." }) bytes!: number | null;
  @Field(() => Boolean, { description: "The newest good one is over 26 hours old, or there is none." }) isOld!: boolean;
}

@Resolver()
export class BackupResolver {
  @Query(() => BackupState, { description: "Staff: of the backups beside the uploads of the API that answers." })
  backupState(@Ctx() { app, actor }: Context): Promise<State> {
    return readBackupState(app, actor);
  }
}
