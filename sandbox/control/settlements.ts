import { type Request, type Response, Router } from "express";
import {
  bankCsv,
  MISTAKES,
  type Mistake,
  plantMistakes,
  settlementCsv,
  settlementRows,
} from "../midtrans/settlements.ts";
import type { Sandbox } from "../sandbox.ts";

const DAY = /^\d{4}-\d{2}-\d{2}$/;

const isMistake = (word: string): word is Mistake => (MISTAKES as readonly string[]).includes(word);

/** `?mistakes=fee,duplicate`, or `all`; null for a word that is none. */
function mistakesOf(req: Request): Mistake[] | null {
  const asked = String(req.query["mistakes"] ?? "");
  if (asked === "all") return [...MISTAKES];
  const words = asked.split(",").filter(Boolean);
  return words.every(isMistake) ? words : null;
}

function send(res: Response, name: string, body: string): void {
  res.attachment(name).type("text/csv").send(`${body}\r\n`);
}

/**
 * What the merchant's dashboard and his bank export: `GET /sandbox/settlements/<day>.csv` has what is paid out of a day
 * in Jakarta, with fees by the published prices, `GET /sandbox/bank/<day>.csv` the bank's line of each of its payouts.
 * `?mistakes=` plants some of a list, and the header x-planted tells in which orders; `?off=` takes rupiah from each
 * line of the bank.
 */
export function settlementControl(sandbox: Sandbox): Router {
  const router = Router();
  const read = (req: Request, res: Response) => {
    const day = String(req.params["day"]);
    const mistakes = mistakesOf(req);
    if (DAY.test(day) && mistakes) return { day, ...plantMistakes(settlementRows(sandbox, day), mistakes) };
    res.status(400).json({ error: "the day as YYYY-MM-DD, and mistakes of the list", mistakes: MISTAKES });
    return null;
  };
  router.get("/settlements/:day.csv", (req, res) => {
    const file = read(req, res);
    if (!file) return;
    res.set("x-planted", JSON.stringify(file.planted));
    send(res, `settlement-${file.day}.csv`, settlementCsv(file.rows));
  });
  router.get("/bank/:day.csv", (req, res) => {
    const file = read(req, res);
    if (file) send(res, `bank-${file.day}.csv`, bankCsv(file.rows, Number(req.query["off"] ?? 0) || 0));
  });
  return router;
}
