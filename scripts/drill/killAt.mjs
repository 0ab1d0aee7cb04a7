// Loaded with --import before a process of the shop: ends it by SIGKILL at a named point (domain/kernel/killPoint.ts).
// What to end is written to a file, so that processes need no restart to be given an order: {"id", "part", "point",
// "nth"}, part being the folder of the process, "api" or "worker". The file is gone before the process is.
import { subscribe } from "node:diagnostics_channel";
import { readFileSync, rmSync } from "node:fs";
import path from "node:path";

const file = process.env["DRILL_KILL_FILE"] ?? "";
const part = path.basename(path.dirname(process.argv[1] ?? ""));

/** Passings of the point of the order that is in force. */
let counted = { id: "", passings: 0 };

function order() {
  try {
    return JSON.parse(readFileSync(file, "utf8"));
  } catch (error) {
    if (error.code === "ENOENT") return null;
    throw error;
  }
}

subscribe("lunas.killPoint", (name) => {
  const wanted = order();
  if (wanted === null || wanted.part !== part || wanted.point !== name) return;
  if (counted.id !== wanted.id) counted = { id: wanted.id, passings: 0 };
  counted.passings += 1;
  if (counted.passings < wanted.nth) return;
  rmSync(file);
  process.kill(process.pid, "SIGKILL");
});
