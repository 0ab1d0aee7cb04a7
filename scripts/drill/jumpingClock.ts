// Loaded with --import before a process of the shop: its clock jumps by CLOCK_JUMP_MS at the first SIGUSR2 and back at
// the next, as a machine's does whose time is set right.
const jumpMs = Number(process.env["CLOCK_JUMP_MS"] ?? "60000");
const RealDate = Date;
let shiftMs = 0;
const now = () => RealDate.now() + shiftMs;

globalThis.Date = new Proxy(RealDate, {
  construct: (target, args) => Reflect.construct(target, args.length === 0 ? [now()] : args, target),
  get: (target, name) => (name === "now" ? now : Reflect.get(target, name)),
});

process.on("SIGUSR2", () => {
  shiftMs = shiftMs === 0 ? jumpMs : 0;
});
