import { randomBytes } from "node:crypto";
import type { Response } from "express";
import { type Html, html, trusted } from "./html.ts";

const STYLE = `
:root{--ink:#12202b;--soft:#5a6b78;--line:#dfe6eb;--paper:#fff;--ground:#eef3f5;--brand:#0b6e75;--brand-dark:#07535a;
--tint:#e3f3f3;--good:#17784a;--good-tint:#e2f4ea;--bad:#b3261e;--bad-tint:#fbe9e7;--wait:#8a5300;--wait-tint:#fdf1dc}
*{box-sizing:border-box}
body{margin:0;background:var(--ground);color:var(--ink);
font:16px/1.5 system-ui,-apple-system,"Segoe UI",Roboto,sans-serif}
a{color:var(--brand)}h1,h2,h3,p{margin:0}
button,.button{font:inherit;font-weight:600;border-radius:10px;padding:12px 16px;border:1px solid transparent;
cursor:pointer;
text-decoration:none;display:inline-block;text-align:center}
button:focus-visible,a:focus-visible,summary:focus-visible{outline:3px solid #f2a93b;outline-offset:2px}
.primary{background:var(--brand);color:#fff}.primary:hover{background:var(--brand-dark)}
.plain{background:var(--paper);color:var(--ink);border-color:var(--line)}.plain:hover{border-color:var(--brand)}
.danger{background:var(--paper);color:var(--bad);border-color:#e4b4b0}.wide{width:100%}
.top{background:var(--brand-dark);color:#fff;padding:12px 20px;display:flex;justify-content:space-between;gap:12px;
align-items:center;font-weight:600}.top h1{font-size:16px}
.top small{font-weight:500;color:#cfe9ea;text-align:right}
.tag{font-size:13px;font-weight:600;border-radius:99px;padding:2px 10px;background:#e8edf0;color:#33434f;
white-space:nowrap}
.tag.good{background:var(--good-tint);color:var(--good)}.tag.bad{background:var(--bad-tint);color:var(--bad)}
.tag.wait{background:var(--wait-tint);color:var(--wait)}
.card{background:var(--paper);border:1px solid var(--line);border-radius:16px;padding:20px}
.soft{color:var(--soft)}.small{font-size:14px}
@media (prefers-reduced-motion:no-preference){button,.button{transition:background .12s,border-color .12s}}
`;

export interface Page {
  title: string;
  style: string;
  body: Html;
  /** Our own script, run at the end of the page. */
  script: string;
}

/** Sends a whole page that loads nothing from anywhere and runs no script but its own. */
export function sendPage(res: Response, status: number, page: Page): void {
  const nonce = randomBytes(16).toString("base64");
  const sources = "default-src 'none'; style-src 'unsafe-inline'; img-src data:; connect-src 'self'";
  const policy = `${sources}; script-src 'nonce-${nonce}'`;
  const { markup } = html`<!doctype html>
<html lang="id"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width,initial-scale=1">
<title>${page.title}</title><link rel="icon" href="data:,">
<style>${trusted(STYLE + page.style)}</style></head><body>${page.body}
<script nonce="${nonce}">${trusted(page.script)}</script></body></html>`;
  res
    .status(status)
    .set({ "Content-Security-Policy": policy, "Cache-Control": "no-store", "X-Content-Type-Options": "nosniff" })
    .type("html")
    .send(markup);
}
