import express, { type Request, type Response, Router } from "express";
import { acceptsAmount, type Method, offeredMethods } from "../midtrans/methods.ts";
import { changeStatus, findTransaction, type Opening, openTransaction } from "../midtrans/transactions.ts";
import { legalMoves } from "../midtrans/transitions.ts";
import type { SnapPage, TransactionStatus } from "../model.ts";
import { momentOf, type Sandbox } from "../sandbox.ts";
import { html } from "./html.ts";
import { sendPage } from "./layout.ts";
import { paymentPage, stageOf, type View } from "./payment.ts";

const onDesktop = (req: Request): boolean => !/Mobi|Android|iPhone|iPad/i.test(req.get("User-Agent") ?? "");

/** What a buyer's card answers, by the button pressed. */
const CARD_OUTCOMES: Record<string, Pick<Opening, "status" | "fraud_status">> = {
  approve: { status: "capture", fraud_status: "accept" },
  challenge: { status: "capture", fraud_status: "challenge" },
  deny: { status: "deny", fraud_status: "accept" },
};

const SIMULATED: Record<string, TransactionStatus> = { pay: "settlement", deny: "deny", expire: "expire" };

/** BNI turns away phone numbers of another form (midtrans.md 2.1). */
const BNI_PHONE = /^(\+62|0)[\d\s()-]{0,29}$/;

/** Why the buyer cannot use this method, in his words, or undefined. */
function problemWith(page: SnapPage, method: Method | undefined): string | undefined {
  if (!method) return "Cara bayar itu tidak tersedia di halaman ini.";
  if (!acceptsAmount(method, page.request.gross_amount)) return `Jumlah ini di luar batas ${method.label}.`;
  const phone = page.request.customer["phone"];
  if (method.code === "bni_va" && typeof phone === "string" && !(phone.length <= 30 && BNI_PHONE.test(phone))) {
    return "BNI menolak nomor telepon ini: harus diawali +62 atau 0.";
  }
  return undefined;
}

function viewOf(sandbox: Sandbox, page: SnapPage, req: Request): View {
  const latest = findTransaction(sandbox, page.order_id);
  return {
    page,
    transaction: latest?.token === page.token ? latest : undefined,
    now: momentOf(sandbox, page.born),
    timeScale: sandbox.config.timeScale,
    finishUrl: sandbox.config.finishUrl,
    choosingCard: req.query["method"] === "credit_card",
    problem: undefined,
  };
}

function sendUnknown(res: Response): void {
  const body = html`<header class="top"><h1>Pembayaran</h1></header>
<p style="padding:24px" data-testid="unknown-page">Halaman pembayaran ini tidak ada.</p>`;
  sendPage(res, 404, { title: "Halaman tidak ada", style: "", script: "", body });
}

type Beginning = Pick<Opening, "status" | "fraud_status">;

/**
 * Opens a transaction by the wanted method. A page that is no longer choosing stays as it is, so a button pressed twice
 * does one thing. Answers what is wrong with the choice, in the buyer's words.
 */
function takeChoice(
  sandbox: Sandbox,
  view: View,
  wanted: string,
  how: Beginning | undefined,
  desktop: boolean,
): string | undefined {
  if (stageOf(view) !== "choosing") return undefined;
  const { page } = view;
  const method = offeredMethods(page.request.enabled_payments).find((offered) => offered.code === wanted);
  const problem = problemWith(page, method);
  if (!how || !method || problem) return problem ?? "Pilihan itu tidak dikenal.";
  openTransaction(sandbox, page, method.code, { ...how, onDesktop: desktop, by: "buyer", notify: true });
  return undefined;
}

const fieldOf = (req: Request, name: string): string => String((req.body as Record<string, unknown>)?.[name] ?? "");

/** The hosted page and its forms; mounted below /snap/v4/redirection and, as older links have it, v3. */
export function paymentRoutes(sandbox: Sandbox): Router {
  const router = Router();
  const form = express.urlencoded({ extended: false, limit: "4kb" });

  const withPage = (act: (req: Request, res: Response, page: SnapPage, view: View) => Promise<void> | void) => {
    return async (req: Request, res: Response): Promise<void> => {
      const page = sandbox.store.pages.get(String(req.params["token"]));
      if (!page) return sendUnknown(res);
      await act(req, res, page, viewOf(sandbox, page, req));
    };
  };
  const backToPage = async (res: Response, page: SnapPage): Promise<void> => {
    await sandbox.store.commit();
    res.redirect(303, `/snap/v4/redirection/${page.token}`);
  };
  const choose = (opening: (req: Request) => Beginning | undefined, code?: string) =>
    withPage(async (req, res, page, view) => {
      const problem = takeChoice(sandbox, view, code ?? fieldOf(req, "method"), opening(req), onDesktop(req));
      if (problem) return sendPage(res, 400, await paymentPage({ ...view, problem }));
      await backToPage(res, page);
    });

  router.get(
    "/:token",
    withPage(async (_req, res, _page, view) => sendPage(res, 200, await paymentPage(view))),
  );
  router.get(
    "/:token/state",
    withPage((_req, res, _page, view) => {
      res.json({ stage: stageOf(view), status: view.transaction?.status ?? "none" });
    }),
  );
  // A card has no waiting state here, so it is opened by its own form alone.
  router.post(
    "/:token/pay",
    form,
    choose((req) => (fieldOf(req, "method") === "credit_card" ? undefined : { status: "pending" })),
  );
  router.post(
    "/:token/card",
    form,
    choose((req) => CARD_OUTCOMES[fieldOf(req, "outcome")], "credit_card"),
  );
  router.post(
    "/:token/simulate",
    form,
    withPage(async (req, res, page, { transaction }) => {
      const to = SIMULATED[fieldOf(req, "action")];
      if (transaction && to && legalMoves(transaction.method, transaction.status).includes(to)) {
        changeStatus(sandbox, transaction, to, { by: "buyer", notify: true });
      }
      await backToPage(res, page);
    }),
  );
  return router;
}
