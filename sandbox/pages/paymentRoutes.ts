import express, { type Request, type Response, Router } from "express";
import { decideCard, openCard } from "../midtrans/cardCharge.ts";
import { savedCardsOf } from "../midtrans/cards.ts";
import { acceptedByBni } from "../midtrans/chargeRequest.ts";
import { acceptsAmount, type Method, offeredMethods } from "../midtrans/methods.ts";
import { ovoEnding } from "../midtrans/ovo.ts";
import { findCard, masked } from "../midtrans/testCards.ts";
import { changeStatus, findTransaction, openTransaction } from "../midtrans/transactions.ts";
import { legalMoves } from "../midtrans/transitions.ts";
import type { SnapPage, TransactionStatus } from "../model.ts";
import { momentOf, type Sandbox } from "../sandbox.ts";
import { html } from "./html.ts";
import { sendPage } from "./layout.ts";
import { paymentPage, stageOf, type View } from "./payment.ts";

const onDesktop = (req: Request): boolean => !/Mobi|Android|iPhone|iPad/i.test(req.get("User-Agent") ?? "");

/** The test card behind each button of the card form, and whether its bank wants proof. */
const CARD_OUTCOMES: Record<string, { number: string; proves: boolean }> = {
  approve: { number: "4811111111111114", proves: false },
  "3ds": { number: "4811111111111114", proves: true },
  challenge: { number: "4511111111111117", proves: false },
  deny: { number: "4911111111111113", proves: false },
};

const SIMULATED: Record<string, TransactionStatus> = { pay: "settlement", deny: "deny", expire: "expire" };

/** Why the buyer cannot use this method, in his words, or undefined. */
function problemWith(page: SnapPage, method: Method | undefined): string | undefined {
  if (!method) return "Cara bayar itu tidak tersedia di halaman ini.";
  if (!acceptsAmount(method, page.request.gross_amount)) return `Jumlah ini di luar batas ${method.label}.`;
  if (method.code === "bni_va" && !acceptedByBni(page.request.customer["phone"])) {
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
    savedCards: savedCardsOf(sandbox, page.request.user_id),
    choosingCard: req.query["method"] === "credit_card",
    problem: undefined,
  };
}

function sendUnknown(res: Response): void {
  const body = html`<header class="top"><h1>Pembayaran</h1></header>
<p style="padding:24px" data-testid="unknown-page">Halaman pembayaran ini tidak ada.</p>`;
  sendPage(res, 404, { title: "Halaman tidak ada", style: "", script: "", body });
}

const fieldOf = (req: Request, name: string): string => String((req.body as Record<string, unknown>)?.[name] ?? "");

/** Opens a transaction by a method that waits for its buyer, as the page's request wishes it. */
function openWaiting(sandbox: Sandbox, page: SnapPage, { code }: Method, req: Request): void {
  const phone = page.request.customer["phone"];
  const payerPhone = code === "ovo" && typeof phone === "string" ? phone.replace(/^(\+?62|0)/, "+62") : undefined;
  const basis = { ...page, callback_url: page.request.callbacks?.[code] };
  openTransaction(sandbox, basis, code, {
    ...{ onDesktop: onDesktop(req), status: "pending", by: "buyer", notify: true },
    wanted: { number: page.request.numbers?.[code], payerPhone },
    more: ovoEnding(payerPhone, momentOf(sandbox, page.born)),
  });
}

/** Opens a transaction by a saved card or a test card. False where the form names neither. */
function openByCard(sandbox: Sandbox, page: SnapPage, req: Request): boolean {
  const saved = savedCardsOf(sandbox, page.request.user_id).find((card) => card.id === fieldOf(req, "saved"));
  const outcome = CARD_OUTCOMES[fieldOf(req, "outcome")];
  const profile = outcome && findCard(outcome.number);
  const card = saved ?? (profile && { ...profile, masked_card: masked(profile.number) });
  if (!card) return false;
  const { card: wishes, user_id } = page.request;
  const order = {
    authenticates: outcome?.proves === true,
    bank: wishes?.bank ?? "bni",
    type: wishes?.type ?? ("authorize_capture" as const),
    saves: wishes?.saves === true && fieldOf(req, "save") === "yes",
    installment_term: undefined,
    point_redeem_amount: undefined,
  };
  const by = { by: "buyer", notify: true };
  openCard(sandbox, page, { ...order, card, user_id: user_id ?? null }, by);
  return true;
}

/**
 * Opens a transaction by the wanted method. A page that is no longer choosing stays as it is, so a button pressed twice
 * does one thing. Answers what is wrong with the choice, in the buyer's words.
 */
function takeChoice(sandbox: Sandbox, view: View, wanted: string, req: Request): string | undefined {
  if (stageOf(view) !== "choosing") return undefined;
  const { page } = view;
  const method = offeredMethods(page.request.enabled_payments).find((offered) => offered.code === wanted);
  const problem = problemWith(page, method);
  if (problem || !method) return problem;
  if (method.group !== "card") openWaiting(sandbox, page, method, req);
  else if (!openByCard(sandbox, page, req)) return "Pilihan itu tidak dikenal.";
  return undefined;
}

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
  const choose = (code?: string) =>
    withPage(async (req, res, page, view) => {
      const problem = takeChoice(sandbox, view, code ?? fieldOf(req, "method"), req);
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
  router.post("/:token/pay", form, choose());
  router.post("/:token/card", form, choose("credit_card"));
  router.post(
    "/:token/simulate",
    form,
    withPage(async (req, res, page, { transaction }) => {
      const action = fieldOf(req, "action");
      const to = SIMULATED[action];
      if (transaction?.card && (action === "pay" || action === "deny")) {
        decideCard(sandbox, transaction, action === "pay");
      } else if (transaction && to && legalMoves(transaction.method, transaction.status).includes(to)) {
        changeStatus(sandbox, transaction, to, { by: "buyer", notify: true });
      }
      await backToPage(res, page);
    }),
  );
  return router;
}
