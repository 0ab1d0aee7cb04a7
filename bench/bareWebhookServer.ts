import { createHash, randomUUID } from "node:crypto";
import { createServer } from "node:http";
import pg from "pg";

// What a notification costs at the least: node:http, the row of the inbox by one prepared statement, an answer. It
// checks nothing. Started by the benchmark as a process of its own, as the API is one.
const POOL_SIZE = 10; // as many connections as an API process has
const STORE = {
  name: "bare store",
  text: `insert into payment_notifications (id, digest, gateway_order_id, gateway_transaction_id, gateway_status,
                                            body_sealed, is_test, state, received_at)
         values ($1, $2, $3, $4, $5, $6, false, 'STORED', $7)`,
};

interface Body {
  readonly order_id: string;
  readonly transaction_id: string;
  readonly transaction_status: string;
}

const pool = new pg.Pool({ connectionString: process.env["DATABASE_URL"], max: POOL_SIZE });

async function store(body: Buffer): Promise<void> {
  const { order_id, transaction_id, transaction_status } = JSON.parse(body.toString("utf8")) as Body;
  const digest = createHash("sha256").update(body).digest("hex");
  // As long as a sealed body, which is base64 too.
  const values = [
    randomUUID(),
    digest,
    order_id,
    transaction_id,
    transaction_status,
    body.toString("base64url"),
    new Date(),
  ];
  await pool.query({ ...STORE, values });
}

const server = createServer((request, response) => {
  const chunks: Buffer[] = [];
  const answer = (status: number, outcome: string) => {
    response.writeHead(status, { "content-type": "application/json" }).end(JSON.stringify({ outcome }));
  };
  request.on("data", (chunk: Buffer) => chunks.push(chunk));
  request.on("end", () => {
    if (request.method === "GET") return answer(200, "ready");
    store(Buffer.concat(chunks)).then(
      () => answer(200, "stored"),
      (error: Error) => answer(503, error.message),
    );
  });
});
server.listen(Number(process.env["PORT"]), "127.0.0.1");
process.once("SIGTERM", () => process.exit(0));
