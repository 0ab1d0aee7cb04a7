import { type Journal, type JournalRecord, openJournal } from "./journal.ts";
import type { CourierNews, ForeignWaybill, LabelFile, Shipment } from "./komerce/model.ts";
import type {
  CardToken,
  Counter,
  Fault,
  Notification,
  PayAccount,
  SnapPage,
  StoredReply,
  Subscription,
  Transaction,
} from "./model.ts";

/** A table in memory whose every change goes to the journal; values are replaced, never changed in place. */
export interface Collection<T> {
  get(id: string): T | undefined;
  /** Stores the newest value and answers it. */
  put(value: T): T;
  remove(id: string): void;
  values(): T[];
  /** Values of one group (for instance one order) in the order in which they were first stored. */
  inGroup(group: string): T[];
}

export interface Store {
  pages: Collection<SnapPage>;
  transactions: Collection<Transaction>;
  notifications: Collection<Notification>;
  faults: Collection<Fault>;
  replies: Collection<StoredReply>;
  counters: Collection<Counter>;
  cards: Collection<CardToken>;
  accounts: Collection<PayAccount>;
  subscriptions: Collection<Subscription>;
  /** In groups by waybill number. */
  shipments: Collection<Shipment>;
  courierNews: Collection<CourierNews>;
  labels: Collection<LabelFile>;
  foreignWaybills: Collection<ForeignWaybill>;
  /** Resolves when every change so far would survive a kill. Await it before answering anybody. */
  commit(): Promise<void>;
  close(): Promise<void>;
}

type Loader = (record: JournalRecord) => void;

function collection<T extends object>(
  kind: string,
  idOf: (value: T) => string,
  groupOf: (value: T) => string,
  journal: () => Journal,
  loaders: Map<string, Loader>,
): Collection<T> {
  const rows = new Map<string, T>();
  const groups = new Map<string, Set<string>>();

  const keep = (value: T): void => {
    const id = idOf(value);
    rows.set(id, value);
    const group = groups.get(groupOf(value));
    if (group) group.add(id);
    else groups.set(groupOf(value), new Set([id]));
  };
  loaders.set(kind, (record) => keep(record.value as T));

  return {
    get: (id) => rows.get(id),
    put: (value) => {
      keep(value);
      journal().append({ kind, id: idOf(value), value });
      return value;
    },
    remove: (id) => {
      const value = rows.get(id);
      if (!value) return;
      rows.delete(id);
      groups.get(groupOf(value))?.delete(id);
      journal().append({ kind, id, value: null });
    },
    values: () => [...rows.values()],
    inGroup: (group) => [...(groups.get(group) ?? [])].flatMap((id) => rows.get(id) ?? []),
  };
}

/** Everything the sandbox remembers, read back from `dir`. */
export async function openStore(dir: string): Promise<Store> {
  let journal: Journal;
  const current = (): Journal => journal;
  const loaders = new Map<string, Loader>();
  const table = <T extends object>(kind: string, idOf: (row: T) => string, groupOf: (row: T) => string = () => "") =>
    collection<T>(kind, idOf, groupOf, current, loaders);
  const tables = {
    pages: table<SnapPage>(
      "page",
      (row) => row.token,
      (row) => row.order_id,
    ),
    transactions: table<Transaction>(
      "transaction",
      (row) => row.id,
      (row) => row.order_id,
    ),
    notifications: table<Notification>(
      "notification",
      (row) => row.id,
      (row) => row.order_id,
    ),
    faults: table<Fault>(
      "fault",
      (row) => row.id,
      (row) => row.target,
    ),
    replies: table<StoredReply>("reply", (row) => row.key),
    counters: table<Counter>("counter", (row) => row.name),
    cards: table<CardToken>(
      "card",
      (row) => row.id,
      (row) => row.user_id ?? "",
    ),
    accounts: table<PayAccount>("account", (row) => row.id),
    subscriptions: table<Subscription>("subscription", (row) => row.id),
    shipments: table<Shipment>(
      "shipment",
      (row) => row.order_no,
      (row) => row.awb,
    ),
    courierNews: table<CourierNews>(
      "courier_news",
      (row) => row.id,
      (row) => row.order_id,
    ),
    labels: table<LabelFile>("label", (row) => row.name),
    foreignWaybills: table<ForeignWaybill>("foreign_waybill", (row) => row.awb),
  };
  journal = await openJournal(dir, (record) => loaders.get(record.kind)?.(record));
  return { ...tables, commit: () => journal.commit(), close: () => journal.close() };
}
