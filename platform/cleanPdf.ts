import path from "node:path";
import { Worker } from "node:worker_threads";
import type { PdfTrouble } from "./stripPdf.ts";

const CLEAN_WITHIN_MS = 10_000; // an honest file takes some 0.2 s, most of it the start of the thread
const HEAP_MB = 256; // objects of a file of 5 MB
/** What is unpacked: a file of 5 MB can unpack to 5 GB. */
const UNPACKED_BYTES_MAX = 256_000_000;
const LOOK_EVERY_MS = 10;

/** Beside this file, compiled or not. */
const threadFile = () => path.join(import.meta.dirname, `pdfThread${path.extname(import.meta.filename)}`);

/** Ends the thread when it holds more than it may. Where it no longer answers it is ending already. */
function watch(worker: Worker, onTooMuch: () => void): NodeJS.Timeout {
  return setInterval(() => {
    worker.getHeapStatistics().then(
      (heap) => {
        if (heap.external_memory > UNPACKED_BYTES_MAX) onTooMuch();
      },
      () => undefined,
    );
  }, LOOK_EVERY_MS);
}

/**
 * As stripPdf, in a thread of its own that is ended when the file asks for more than 10 s or some 500 MB: it was made
 * to. The shop's own thread goes on meanwhile.
 */
export function cleanPdf(content: Uint8Array): Promise<Uint8Array | PdfTrouble> {
  const worker = new Worker(threadFile(), {
    workerData: content,
    resourceLimits: { maxOldGenerationSizeMb: HEAP_MB },
    env: {},
    stdout: true, // a library that prints about somebody's file prints nowhere
    stderr: true,
  });
  const { promise, resolve } = Promise.withResolvers<Uint8Array | PdfTrouble>();
  const refuse = () => resolve("UNREADABLE");
  const late = setTimeout(refuse, CLEAN_WITHIN_MS);
  const looks = watch(worker, refuse);
  worker.once("message", resolve);
  worker.once("error", refuse);
  worker.once("exit", refuse);
  return promise.finally(async () => {
    clearTimeout(late);
    clearInterval(looks);
    await worker.terminate();
  });
}
