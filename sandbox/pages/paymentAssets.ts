/** What only the hosted page looks like; the rest is in layout.ts. */
export const PAYMENT_STYLE = `
main{display:grid;gap:16px;max-width:960px;margin:0 auto;padding:16px}
@media (min-width:820px){main{grid-template-columns:320px 1fr;gap:24px;padding:40px 24px;align-items:start}
.summary{position:sticky;top:24px}}
.amount{font-size:32px;font-weight:700;letter-spacing:-.02em;line-height:1.2;margin-bottom:12px}
.order{font-weight:600;overflow-wrap:anywhere}
.left{display:flex;justify-content:space-between;align-items:center;margin-top:16px;padding:10px 14px;
border-radius:10px;
background:var(--tint);color:var(--brand-dark)}.left b{font-variant-numeric:tabular-nums;font-size:18px}
.left+.soft{margin-top:6px}
h2{font-size:20px;line-height:1.3}.group{margin-top:20px}
.group h3,.sim h3{font-size:13px;font-weight:600;color:var(--soft);margin-bottom:8px}
.group form{margin-bottom:8px}
.method{width:100%;display:flex;align-items:center;gap:14px;text-align:left;background:var(--paper);color:var(--ink);
border-color:var(--line);padding:12px 14px;min-height:64px}
.method:hover:not(:disabled){border-color:var(--brand);background:var(--tint)}.method:disabled{opacity:.55;
cursor:not-allowed}
.method small{display:block;font-weight:400;color:var(--soft);font-size:14px;line-height:1.35}.grow{flex:1;
min-width:0}
.go{font-size:22px;color:var(--soft)}
.badge{flex:none;width:46px;height:42px;border-radius:10px;display:grid;place-items:center;font-size:13px;
font-weight:700;
background:#e8edf0;color:#33434f}.by-qr{background:#12202b;color:#fff}.by-wallet{background:#dff1fb;color:#0a5a86}
.by-bank{background:#e4e9fb;color:#2b3f93}.by-card{background:#f3e7fa;color:#6b2b8f}.by-store{background:#fdeedd;
color:#8a4300}.by-credit{background:#e6f4e1;color:#2c6418}
.tick{display:flex;gap:10px;align-items:center;font-weight:600}
.notice{border-radius:10px;padding:12px 14px;margin-bottom:16px}.notice.bad{background:var(--bad-tint);
color:var(--bad)}
.notice.wait{background:var(--wait-tint);color:var(--wait);margin-top:16px}
.row{display:flex;gap:12px;align-items:center;flex-wrap:wrap}.between{justify-content:space-between}
.number{margin-top:16px;padding:14px 16px;border:1px solid var(--line);border-radius:12px}
.number small{color:var(--soft)}
.number .row{justify-content:space-between}.number b{font-size:22px;font-variant-numeric:tabular-nums;
overflow-wrap:anywhere}
.copy{padding:8px 14px}
.qr{margin:16px auto;width:min(280px,100%);padding:12px;border:1px solid var(--line);border-radius:16px;
background:#fff}
.qr svg{display:block;width:100%;height:auto}
details{margin-top:16px}summary{cursor:pointer;font-weight:600;color:var(--brand);padding:4px 0}
ol,.items{margin:8px 0 0;padding-left:20px}li{margin-bottom:4px}
.items{list-style:none;padding:0}.items li{display:flex;justify-content:space-between;gap:12px;font-size:14px}
.sim{margin-top:24px;padding:16px;border:2px dashed #c9a35a;border-radius:14px;background:#fffaf0;display:grid;
gap:10px}
.sim h3{margin:0;color:var(--wait)}.actions{display:flex;gap:10px;flex-wrap:wrap}.actions button{flex:1 1 120px}
.back{margin-top:24px}
.outcome{text-align:center;padding:24px 8px}.outcome h2{margin:12px 0 4px}
.sign{width:72px;height:72px;border-radius:50%;margin:0 auto;display:grid;place-items:center;font-size:34px;
font-weight:700;
color:var(--bad);background:var(--bad-tint)}.good .sign{color:var(--good);background:var(--good-tint)}
.wait .sign{color:var(--wait);background:var(--wait-tint)}
.other{margin-top:14px}
`;

/**
 * Counts down on the sandbox's clock, copies numbers, and shows a change that was made elsewhere. The page works
 * without it.
 */
export const PAYMENT_SCRIPT = `
(() => {
  const main = document.querySelector("main");
  const clock = document.querySelector("[data-left]");
  if (clock) {
    const started = performance.now();
    const left = Number(clock.dataset.left), scale = Number(clock.dataset.scale);
    const two = (n) => String(n).padStart(2, "0");
    const tick = () => {
      const s = Math.max(0, Math.floor((left - (performance.now() - started) * scale) / 1000));
      clock.textContent = two(Math.floor(s / 3600)) + ":" + two(Math.floor(s / 60) % 60) + ":" + two(s % 60);
    };
    tick();
    setInterval(tick, 250);
  }
  for (const button of document.querySelectorAll("[data-copy]")) {
    button.addEventListener("click", async () => {
      try { await navigator.clipboard.writeText(button.dataset.copy); button.textContent = "Disalin"; }
      catch { button.textContent = "Salin manual"; }
    });
  }
  // A page that has told its result goes back by itself, unless its reader is busy with it.
  if (main && main.dataset.back) {
    const going = setTimeout(() => location.assign(main.dataset.back), 3000);
    for (const sign of ["keydown", "pointerdown"]) document.addEventListener(sign, () => clearTimeout(going));
  }
  if (!main || !["choosing", "waiting", "review"].includes(main.dataset.state)) return;
  setInterval(async () => {
    try {
      const answer = await fetch(main.dataset.stateUrl);
      const now = await answer.json();
      if (now.stage !== main.dataset.state || now.status !== main.dataset.status) location.reload();
    } catch { /* the next look tells */ }
  }, 2000);
})();
`;
