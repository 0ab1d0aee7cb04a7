import type { BackupShelf } from "../platform/backupFiles.ts";
import type { Clock } from "../platform/clock.ts";
import type { Db } from "../platform/db.ts";
import type { BankField, FileColumns, SettlementField } from "../platform/fileColumns.ts";
import type { Log } from "../platform/log.ts";
import type { RateLimits } from "../platform/rateLimits.ts";
import type { Sealer } from "../platform/secrets.ts";
import type { TransferAccount } from "../platform/transferAccounts.ts";
import type { UploadStore } from "../platform/uploads.ts";
import type { Ids } from "./kernel/ids.ts";
import type { AlertGateway, MailGateway } from "./notice/noticeGateway.ts";
import type { AccountGateway } from "./payment/accountGateway.ts";
import type { FraudThresholds } from "./payment/fraud.rules.ts";
import type { PaymentGateway } from "./payment/paymentGateway.ts";
import type { PurposeEffects } from "./payment/purposeEffects.ts";
import type { SubscriptionGateway } from "./payment/subscriptionGateway.ts";
import type { GatewaySettings } from "./report/gatewaySetup.rules.ts";
import type { CourierGateway } from "./shipping/courierGateway.ts";
import type { ShippingGateway } from "./shipping/shippingGateway.ts";

/** Settings that the shop's rules depend on, parsed by platform/config.ts. Durations in milliseconds. */
export interface Settings {
  readonly publicUrl: string;
  readonly paymentWindowMs: number;
  readonly paymentPollsMs: readonly number[];
  /** How long what a reversible method paid for waits before it leaves. */
  readonly reversalHoldMs: number;
  readonly processTimeoutMs: number;
  /** The first pause between two tries of a refund. */
  readonly refundBackoffMs: number;
  /** The longest that one call to a gateway may take, 60 s at most; null: each gateway's own table, 30 s at most. */
  readonly gatewayTimeoutMs: number | null;
  readonly rajaongkirDailyQuota: number;
  /** How long a cart that holds something is untouched until it counts as left. */
  readonly cartAbandonedAfterMs: number;
  /** The first pause between two looks at a parcel. */
  readonly trackingIntervalMs: number;
  /** Status calls a second of the daily close, over all workers. */
  readonly statusRatePerSecond: number;
  /** When a day is closed: five fields, in Asia/Jakarta. */
  readonly reconcileCron: string;
  /** When a worker takes backups, likewise; null: none does. */
  readonly backupCron: string | null;
  readonly midtransMerchantId: string;
  /** What the back office shows of the set-up at Midtrans. */
  readonly gateway: GatewaySettings;
  /** Under which headers imported files have what is read of them. */
  readonly settlementColumns: FileColumns<SettlementField>;
  readonly bankColumns: FileColumns<BankField>;
  /** To which people transfer what they show a proof of; empty: the shop tells it to who asks. */
  readonly transferAccounts: readonly TransferAccount[];
  /** null: no start is screened. */
  readonly fraud: FraudThresholds | null;
  /** Signs short-lived links and derives payment tokens; never leaves the process. */
  readonly linkSecret: string;
}

/** All that use cases may need. Each takes the part that it uses: `Pick<App, "db" | "clock">`. */
export interface App {
  readonly db: Db;
  readonly clock: Clock;
  readonly ids: Ids;
  readonly log: Log;
  readonly sealer: Sealer;
  readonly limits: RateLimits;
  readonly uploads: UploadStore;
  readonly backups: BackupShelf;
  readonly settings: Settings;
  readonly payments: PaymentGateway;
  readonly subscriptions: SubscriptionGateway;
  readonly accounts: AccountGateway;
  readonly shipping: ShippingGateway;
  readonly couriers: CourierGateway;
  /** null: mails are stored and shown to staff, but not sent. */
  readonly mail: MailGateway | null;
  /** null: alerts are shown to staff, but not posted. */
  readonly alertSink: AlertGateway | null;
  /** What a payment does to what it pays for, by its purpose. */
  readonly effects: { readonly ORDER: PurposeEffects; readonly ENROLLMENT: PurposeEffects };
}
