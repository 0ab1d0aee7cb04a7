import { randomBytes } from "node:crypto";
import { type Id, type Ids, uuidv7 } from "../../domain/kernel/ids.ts";
import type { CourierApp } from "../../domain/shipping/askCourier.ts";
import { keepDestinations } from "../../domain/shipping/destination.queries.ts";
import type { Destination } from "../../domain/shipping/shippingGateway.ts";
import { createRajaongkirGateway } from "../../gateways/rajaongkir/http.ts";
import { inTransaction } from "../../platform/db.ts";
import { createLog } from "../../platform/log.ts";
import { openRateLimits } from "../../platform/rateLimits.ts";
import { type FakeCourier, ratesAnswer, startFakeCourier } from "./fakeCourier.ts";
import { NOW, openTestShop, type TestShop } from "./shopRows.ts";

export const GUBENG: Destination = {
  id: 900113,
  label: "GUBENG, GUBENG, SURABAYA, JAWA TIMUR, 60281",
  province: "JAWA TIMUR",
  city: "SURABAYA",
  district: "GUBENG",
  subdistrict: "GUBENG",
  postalCode: "60281",
};
export const GAMBIR: Destination = {
  ...GUBENG,
  id: 900101,
  province: "DKI JAKARTA",
  city: "JAKARTA PUSAT",
  district: "GAMBIR",
  subdistrict: "GAMBIR",
  postalCode: "10110",
};

/** Of a parcel between the two. */
export const route = (weightGrams = 1_200) => ({ originId: GAMBIR.id, destination: GUBENG, weightGrams });

/** A database with two places, a courier company beside it, and a clock that a test sets. */
export interface CourierStage {
  readonly courier: FakeCourier;
  readonly shop: TestShop;
  readonly ids: Ids;
  /** Milliseconds after NOW that it is. */
  shift: number;
  /** A process of the shop with a gateway of its own: its breaker is closed. */
  process(options?: { dailyQuota?: number; timeoutMs?: number; db?: TestShop["db"] }): CourierApp;
  openAlerts(): Promise<string[]>;
  callsUsed(): Promise<number | undefined>;
  /** As it was at first. */
  reset(): Promise<void>;
  close(): Promise<void>;
}

export async function openCourierStage(): Promise<CourierStage> {
  const [courier, shop] = await Promise.all([startFakeCourier(), openTestShop()]);
  const clock = { now: () => new Date(NOW.getTime() + stage.shift) };
  const ids = { next: <Kind extends string>() => uuidv7(clock.now().getTime(), randomBytes(10)) as Id<Kind> };
  const stage: CourierStage = {
    courier,
    shop,
    ids,
    shift: 0,
    process(options = {}) {
      const { dailyQuota = 1_000, timeoutMs = 2_000, db = shop.db } = options;
      const log = createLog("silent", "test");
      return {
        db,
        clock,
        ids,
        log,
        limits: openRateLimits({ db, clock, log }, { redisUrl: null, rateLimitScale: 1 }),
        settings: { rajaongkirDailyQuota: dailyQuota } as never,
        shipping: createRajaongkirGateway({
          url: courier.url,
          key: "k",
          timeoutMs,
          random: () => 0,
          recordCall: async () => undefined,
        }),
      };
    },
    async openAlerts() {
      const rows = await shop.db.sql<{ kind: string }>(
        "select kind from alerts where cleared_at is null order by kind",
      );
      return rows.map(({ kind }) => kind);
    },
    async callsUsed() {
      const [row] = await shop.db.sql<{ used: number }>("select coalesce(sum(used), 0) as used from courier_quota");
      return row?.used;
    },
    async reset() {
      courier.requests.length = 0;
      courier.behave(ratesAnswer());
      stage.shift = 0;
      await inTransaction(shop.db, async (tx) => {
        await tx.sql(
          "truncate shipping_quotes, courier_quota, destinations, destination_searches, alerts, outbox_messages",
        );
        await keepDestinations(tx, NOW, [GUBENG, GAMBIR]);
      });
    },
    async close() {
      await courier.stop();
      await shop.drop();
    },
  };
  return stage;
}
