import { escapeHtml } from "../kernel/escapeHtml.ts";
import { TEMPLATES, type TemplateName } from "./templates.rules.ts";

/** What fills a template. Plain text: rendering escapes it. */
export interface NoticeValues {
  readonly values: Readonly<Record<string, string>>;
  readonly rows: readonly { readonly label: string; readonly value: string }[];
  readonly url: string;
}

export interface RenderedNotice {
  readonly subject: string;
  readonly text: string;
  readonly html: string;
}

/** A mail is read, not browsed: of a longer list the rest is on the page that the button opens. */
const ROWS_MAX = 30;
const SUBJECT_CHARS_MAX = 150;

/** Control characters could begin a header or a line of their own. */
const onOneLine = (text: string): string => text.replace(/[\p{Cc}\u2028\u2029]+/gu, " ").trim();

function fill(sentence: string, values: Readonly<Record<string, string>>): string {
  return sentence.replace(/\{(\w+)\}/g, (mark, key: string) => {
    const value = values[key];
    if (value === undefined) throw new Error(`a template needs ${mark}`);
    return onOneLine(value);
  });
}

function htmlOf(
  template: { subject: string; paragraphs: readonly string[]; action: string; closing: string },
  input: NoticeValues,
): string {
  const cell = 'style="padding:6px 0;border-bottom:1px solid #e6e8ec"';
  const rows = input.rows.map(
    ({ label, value }) =>
      `<tr><td ${cell}>${escapeHtml(label)}</td><td ${cell} align="right">${escapeHtml(value)}</td></tr>`,
  );
  return [
    '<!doctype html><html lang="id"><head><meta charset="utf-8">',
    `<title>${escapeHtml(template.subject)}</title></head>`,
    '<body style="margin:0;padding:24px;background:#f5f6f8;font-family:Arial,Helvetica,sans-serif;color:#1f2933">',
    '<div style="max-width:560px;margin:0 auto;padding:28px;background:#ffffff;border-radius:12px;line-height:1.55">',
    ...template.paragraphs.map((paragraph) => `<p>${escapeHtml(paragraph)}</p>`),
    `<table role="presentation" width="100%" style="border-collapse:collapse">${rows.join("")}</table>`,
    `<p style="margin:24px 0"><a href="${escapeHtml(input.url)}" style="display:inline-block;padding:12px 20px;`,
    `background:#0b6e5d;color:#ffffff;border-radius:8px;text-decoration:none">${escapeHtml(template.action)}</a></p>`,
    `<p>${escapeHtml(template.closing)}</p>`,
    '<p style="color:#616e7c">Salam hangat,<br>Lunas</p></div></body></html>',
  ].join("\n");
}

/**
 * A mail as text and as HTML that say the same. Values are put in after the sentence is read and are escaped, so
 * nothing that a customer or a store typed can become markup, a link or a header.
 *
 * @throws Error when a value that the template names is missing
 */
export function renderNotice(name: TemplateName, input: NoticeValues): RenderedNotice {
  const template = TEMPLATES[name];
  const filled = {
    subject: fill(template.subject, input.values).slice(0, SUBJECT_CHARS_MAX),
    paragraphs: template.paragraphs.map((paragraph) => fill(paragraph, input.values)),
    action: template.action,
    closing: fill(template.closing, input.values),
  };
  const rows = input.rows
    .slice(0, ROWS_MAX)
    .map(({ label, value }) => ({ label: onOneLine(label), value: onOneLine(value) }));
  const text = [
    ...filled.paragraphs,
    rows.map(({ label, value }) => `- ${label}: ${value}`).join("\n"),
    `${filled.action}: ${input.url}`,
    filled.closing,
    "Salam hangat,\nLunas",
  ].join("\n\n");
  return { subject: filled.subject, text, html: htmlOf(filled, { ...input, rows }) };
}
