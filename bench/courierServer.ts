import { createServer } from "node:http";

// A courier company that knows every parcel and is asked for nothing else: it counts how often each was asked about, so
// that a benchmark can say that none was asked for twice. Started by the benchmark as a process of its own.
const asked = new Map<string, number>();
let quotaCalls = 0;

const envelope = (data: unknown) => JSON.stringify({ meta: { message: "ok", code: 200, status: "success" }, data });
const SCAN = { desc: "Tiba di gudang transit", date: "2026-10-02 04:10:00", code: "TP1", status: "Process" };

function answerTo(url: URL): string {
  const { pathname, searchParams } = url;
  const note = (parcel: string) => asked.set(parcel, (asked.get(parcel) ?? 0) + 1);
  if (pathname.endsWith("/orders/detail")) {
    const orderNo = searchParams.get("order_no") ?? "";
    note(orderNo);
    return envelope({ order_no: orderNo, awb: `AWB-${orderNo}`, order_status: "Dikirim", notes: "" });
  }
  if (pathname.endsWith("/orders/history-airway-bill")) {
    return envelope({ airway_bill: searchParams.get("airway_bill"), last_status: "Process", history: [SCAN] });
  }
  if (pathname.endsWith("/track/waybill")) {
    quotaCalls += 1;
    note(searchParams.get("awb") ?? "");
    const manifest = [
      { manifest_code: "1", manifest_description: "Manifested", manifest_date: "2026-10-01", manifest_time: "10:20" },
    ];
    const status = "ON TRANSIT";
    return envelope({ delivered: false, summary: { status }, details: {}, delivery_status: { status }, manifest });
  }
  const times = [...asked.values()];
  return JSON.stringify({ parcels: asked.size, once: times.filter((n) => n === 1).length, quotaCalls });
}

const server = createServer((request, response) => {
  request.resume();
  request.on("end", () => {
    const text = answerTo(new URL(request.url ?? "/", "http://courier.test"));
    response.writeHead(200, { "content-type": "application/json" }).end(text);
  });
});
server.listen(Number(process.env["PORT"]), "127.0.0.1");
process.once("SIGTERM", () => process.exit(0));
