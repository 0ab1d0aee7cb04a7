import { parentPort, workerData } from "node:worker_threads";
import { stripPdf } from "./stripPdf.ts";

// A thread of cleanPdf: one file, one answer.
parentPort?.postMessage(await stripPdf(workerData as Uint8Array));
