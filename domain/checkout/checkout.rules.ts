import type { LockedProduct } from "../catalog/lockProducts.ts";
import type { Line } from "../catalog/stock.rules.ts";
import { Refusal } from "../kernel/errors.ts";
import type { ProductId, StoreId } from "../kernel/ids.ts";
import { NO_MONEY, type Rupiah, rupiah, sumOf, times } from "../kernel/money.ts";
import { type TaxRecord, taxRecord } from "../kernel/tax.rules.ts";

/** The shipping of one order as it was chosen: kept with the order for good. */
export interface ChosenRate {
  readonly courier: string;
  readonly service: string;
  readonly description: string;
  readonly cost: number;
  readonly etd: { readonly minDays: number; readonly maxDays: number } | null;
  readonly source: "LIVE" | "CACHED" | "FALLBACK";
  readonly quotedAt: Date;
  readonly originId: number;
  readonly destinationId: number;
  readonly weightGrams: number;
}

export interface PricedItem {
  readonly product: LockedProduct;
  readonly quantity: number;
  readonly total: Rupiah;
  readonly tax: TaxRecord;
}

export interface PricedOrder {
  readonly storeId: StoreId;
  readonly items: readonly PricedItem[];
  readonly rate: ChosenRate;
  readonly subtotal: Rupiah;
  readonly shippingCost: Rupiah;
  readonly shippingTax: TaxRecord;
  readonly discount: Rupiah;
  /** PPN that the total contains. */
  readonly tax: Rupiah;
  readonly total: Rupiah;
}

/** The largest total: far above every method's limit, far below what a JSON number holds. */
const TOTAL_MAX = 1_000_000_000_000;

/** @throws Refusal AMOUNT_OUT_OF_RANGE beyond the largest total, and for what no number can hold */
export function requireTotal(total: number): void {
  if (!(total <= TOTAL_MAX)) throw new Refusal("AMOUNT_OUT_OF_RANGE", "This order is too large", { max: TOTAL_MAX });
}

/** One order a store, priced from rows under lock. Pure: the same input has the same total, to the rupiah. */
export function priceOrders(
  demand: readonly Line[],
  products: ReadonlyMap<ProductId, LockedProduct>,
  rates: ReadonlyMap<StoreId, ChosenRate>,
): PricedOrder[] {
  const byStore = new Map<StoreId, PricedItem[]>();
  for (const { productId, quantity } of demand) {
    const product = products.get(productId) as LockedProduct;
    const total = times(product.price, quantity);
    const items = byStore.get(product.storeId) ?? [];
    items.push({ product, quantity, total, tax: taxRecord(total, product) });
    byStore.set(product.storeId, items);
  }
  return [...byStore].map(([storeId, items]) => priceOrder(storeId, items, rates.get(storeId)));
}

function priceOrder(storeId: StoreId, items: PricedItem[], rate: ChosenRate | undefined): PricedOrder {
  if (!rate) throw new Refusal("SHIPPING_UNAVAILABLE", "Choose how this store's parcel is sent", { storeId });
  const isPkp = items.some(({ product }) => product.isPkp);
  const subtotal = sumOf(items.map(({ total }) => total));
  const shippingCost = rupiah(rate.cost);
  // Shipping that the shop charges is part of the taxed price of the goods (UU PPN art. 1 no. 18).
  const shippingTax = taxRecord(shippingCost, { isPkp, taxClass: "taxable" });
  return {
    storeId,
    items,
    rate,
    subtotal,
    shippingCost,
    shippingTax,
    discount: NO_MONEY,
    tax: sumOf([...items.map(({ tax }) => tax.tax), shippingTax.tax]),
    total: sumOf([subtotal, shippingCost]),
  };
}

/**
 * The sum of all orders.
 *
 * @throws Refusal AMOUNT_OUT_OF_RANGE beyond the largest total
 */
export function totalOf(orders: readonly PricedOrder[]): Rupiah {
  const total = sumOf(orders.map((order) => order.total));
  requireTotal(total);
  return total;
}
