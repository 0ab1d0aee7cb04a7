import { Migration } from "@mikro-orm/migrations";

const oneOf = (...words: readonly string[]) => `value in (${words.map((word) => `'${word}'`).join(", ")})`;

interface Domain {
  readonly name: string;
  readonly base: "text" | "bigint" | "integer";
  readonly check: string;
  /** `table.column`; each has had the same as a CHECK of its own. */
  readonly columns: readonly string[];
}

const DOMAINS: readonly Domain[] = [
  {
    name: "currency_code",
    base: "text",
    check: "value = 'IDR'",
    columns: ["checkout_sessions.currency", "orders.currency", "payments.currency"],
  },
  {
    name: "money_amount",
    base: "bigint",
    check: "value >= 0",
    columns: ["orders.shipping_cost", "orders.discount", "orders.tax", "payments.refunded_amount"],
  },
  {
    name: "money_price",
    base: "bigint",
    check: "value > 0",
    columns: ["checkout_sessions.total", "orders.subtotal", "payments.amount", "order_items.unit_price"],
  },
  {
    name: "product_price",
    base: "bigint",
    check: "value between 1 and 9007199254740991",
    columns: ["products.price"],
  },
  {
    name: "measure",
    base: "integer",
    check: "value > 0",
    columns: [
      "products.weight_grams",
      "products.length_cm",
      "products.width_cm",
      "products.height_cm",
      "order_items.weight_grams",
    ],
  },
  { name: "stock_level", base: "integer", check: "value >= 0", columns: ["products.opening_stock", "products.stock"] },
  { name: "stock_change", base: "integer", check: "value <> 0", columns: ["stock_movements.quantity"] },
  { name: "piece_count", base: "integer", check: "value between 1 and 999", columns: ["order_items.quantity"] },
  { name: "tries_count", base: "integer", check: "value between 0 and 99", columns: ["payments.tries"] },
  { name: "tax_class", base: "text", check: oneOf("taxable", "not_vatable"), columns: ["products.tax_class"] },
  {
    name: "stock_movement_kind",
    base: "text",
    check: oneOf("RESERVE", "RELEASE", "RESTOCK", "ADJUST"),
    columns: ["stock_movements.kind"],
  },
  {
    name: "checkout_status",
    base: "text",
    check: oneOf("OPEN", "PAID", "EXPIRED", "CANCELLED"),
    columns: ["checkout_sessions.status"],
  },
  {
    name: "order_status",
    base: "text",
    check: oneOf(
      "PENDING_PAYMENT",
      "PAID",
      "PROCESSING",
      "SHIPPED",
      "COMPLETED",
      "CANCEL_REQUESTED",
      "CANCELLED",
      "RETURNED",
    ),
    columns: ["orders.status"],
  },
  {
    name: "order_payment_status",
    base: "text",
    check: oneOf(
      "UNPAID",
      "PENDING",
      "PAID",
      "REFUND_PENDING",
      "PARTIALLY_REFUNDED",
      "REFUNDED",
      "FAILED",
      "EXPIRED",
      "CANCELLED",
      "CHARGEBACK",
    ),
    columns: ["orders.payment_status"],
  },
  {
    name: "status_source",
    base: "text",
    check: oneOf("CUSTOMER", "STAFF", "MIDTRANS", "RAJAONGKIR", "SYSTEM"),
    columns: ["order_status_logs.source"],
  },
  {
    name: "payment_purpose",
    base: "text",
    check: oneOf("ORDER", "ENROLLMENT"),
    columns: ["payments.purpose"],
  },
  {
    name: "payment_channel",
    base: "text",
    check: oneOf("MIDTRANS", "MANUAL_TRANSFER"),
    columns: ["payments.channel"],
  },
  {
    name: "payment_status",
    base: "text",
    check: oneOf(
      "PENDING",
      "CHALLENGED",
      "PAID",
      "APPROVED",
      "REJECTED",
      "FAILED",
      "EXPIRED",
      "CANCELLED",
      "PARTIALLY_REFUNDED",
      "REFUNDED",
      "CHARGEBACK",
    ),
    columns: ["payments.status"],
  },
  {
    name: "idempotency_key",
    base: "text",
    check: "length(value) between 8 and 64",
    columns: ["idempotency_keys.key"],
  },
];

/**
 * The checks of single columns, as types of their own, for the tables that every checkout writes: PostgreSQL reads a
 * table's CHECKs anew at every statement that writes to it, and a domain's once a connection. What is allowed stays the
 * same. An array of such a type is told to clients as no array of text: cast it.
 */
export class Migration20261120000880_domains extends Migration {
  override up(): void {
    const changes = new Map<string, string[]>();
    for (const { name, base, check, columns } of DOMAINS) {
      this.addSql(`create domain ${name} as ${base} check (${check})`);
      for (const column of columns) {
        const [table, field] = column.split(".") as [string, string];
        const parts = changes.get(table) ?? [];
        parts.push(`drop constraint ${table}_${field}_check`, `alter column ${field} type ${name}`);
        changes.set(table, parts);
      }
    }
    // The same as before, told shorter: it is the longest of those that stay.
    changes
      .get("stock_movements")
      ?.push(
        "drop constraint stock_movements_check",
        "add constraint stock_movements_sign check (kind = 'ADJUST' or (kind = 'RESERVE') = (quantity < 0))",
      );
    // One statement a table: its rows are written anew once.
    for (const [table, parts] of changes) this.addSql(`alter table ${table} ${parts.join(", ")}`);
  }
}
