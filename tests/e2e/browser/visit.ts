import { readFileSync } from "node:fs";
import path from "node:path";
import type { Page } from "playwright-core";
import { ARE_PICTURES_SEEN, openProfile } from "../../support/browser.ts";
import { PATIENCE_MS } from "../../support/until.ts";

const AXE = readFileSync("node_modules/axe-core/axe.min.js", "utf8");
const SCREENSHOTS = path.resolve("tests/screenshots");
/** The narrowest phone that the shop promises to fit. */
const NARROWEST = 360;

export const SIZES = [
  { size: "desktop", viewport: { width: 1280, height: 800 } },
  { size: "phone", viewport: { width: 390, height: 844 } },
] as const;

export interface Visit {
  readonly page: Page;
  /** What the browser complained about so far: errors of the console and of the page. */
  readonly complaints: readonly string[];
  /** Takes a picture of the page, and answers what is wrong with it for somebody who can't see or has a small phone. */
  look(name: string): Promise<readonly string[]>;
  close(): Promise<void>;
}

interface Finding {
  readonly id: string;
  readonly impact?: string | null;
  readonly nodes: ReadonlyArray<{
    readonly target: readonly unknown[];
    readonly any: ReadonlyArray<{ readonly data?: { readonly messageKey?: string } | null }>;
  }>;
}

const places = (finding: Finding) => finding.nodes.map((node) => node.target.join(" ")).join(", ");

/** axe's serious and critical findings, and text that has the very colour of its ground, which axe only doubts. */
async function barriers(page: Page): Promise<string[]> {
  // As a string: the page's content security policy rightly lets no script of ours in otherwise.
  if (!(await page.evaluate(() => "axe" in window))) await page.evaluate(AXE);
  const result = await page.evaluate(async () => {
    type Axe = { run(options: object): Promise<{ violations: Finding[]; incomplete: Finding[] }> };
    const { axe } = window as unknown as { axe: Axe };
    // What is half faded in has colours that nobody reads; what moves without end is not waited for.
    const ending = document.getAnimations().filter((each) => each.effect?.getComputedTiming().endTime !== Infinity);
    await Promise.allSettled(ending.map((each) => each.finished));
    // All rules, without a report of what is well.
    const { violations, incomplete } = await axe.run({ resultTypes: ["violations", "incomplete"] });
    return { violations, incomplete };
  });
  const serious = result.violations.filter(({ impact }) => impact === "serious" || impact === "critical");
  const unseen = result.incomplete
    .filter(({ id }) => id === "color-contrast")
    .map((finding) => ({
      ...finding,
      nodes: finding.nodes.filter((node) => node.any.some((check) => check.data?.messageKey === "equalRatio")),
    }))
    .filter(({ nodes }) => nodes.length > 0);
  return [...serious, ...unseen].map((finding) => `${finding.id}: ${places(finding)}`);
}

const sideways = (page: Page) => page.evaluate(() => document.documentElement.scrollWidth - window.innerWidth);

/** The words of buttons that are wider than their button and hidden beyond it. */
const cutWords = (page: Page) =>
  page.evaluate(() =>
    [...document.querySelectorAll<HTMLElement>("button, button *, a[class*=Button], a[class*=Button] *")]
      .filter((part) => part.clientWidth > 1 && part.scrollWidth > part.clientWidth + 1)
      .filter((part) => getComputedStyle(part).overflowX !== "visible")
      .map((part) => part.innerText),
  );

/** Until the page stands: with its pictures, and without a list that is faded because the next one is on its way. */
async function stands(page: Page): Promise<void> {
  await page.evaluate(async () => {
    window.scrollTo({ top: 0, behavior: "instant" });
    await document.fonts.ready;
  });
  await page.waitForFunction(() => [...document.images].every((image) => image.complete || image.loading === "lazy"));
  await page.locator("[data-stale]").waitFor({ state: "detached" });
}

async function photograph(page: Page, viewport: { width: number; height: number }, name: string): Promise<void> {
  // As tall as the page, so that what is fixed to the screen's edges stands at the page's.
  const height = await page.evaluate(() => document.documentElement.scrollHeight);
  await page.setViewportSize({ width: viewport.width, height });
  await page.screenshot({ path: path.join(SCREENSHOTS, name) });
  await page.setViewportSize(viewport);
}

/** A person with a browser of his own, at one size of screen, whose every complaint is written down. */
export async function visit({ size, viewport }: (typeof SIZES)[number]): Promise<Visit> {
  const context = await openProfile(viewport);
  const page = await context.newPage();
  page.setDefaultTimeout(PATIENCE_MS);
  const complaints: string[] = [];
  page.on("console", (message) => {
    if (message.type() === "error") complaints.push(`console: ${message.text()}`);
  });
  page.on("pageerror", (error) => complaints.push(`page: ${error.message}`));
  return {
    page,
    complaints,
    async look(name) {
      await stands(page);
      if (ARE_PICTURES_SEEN) await photograph(page, viewport, `${size}-${name}.png`);
      const found = await barriers(page);
      if (size === "phone") {
        await page.setViewportSize({ width: NARROWEST, height: viewport.height });
        const excess = await sideways(page);
        const cut = await cutWords(page);
        await page.setViewportSize(viewport);
        if (excess > 0) found.push(`${excess} px too wide at ${NARROWEST} px`);
        found.push(...cut.map((words) => `“${words}” is cut at ${NARROWEST} px`));
      }
      return found.map((finding) => `${name}: ${finding}`);
    },
    close: () => context.close(),
  };
}
