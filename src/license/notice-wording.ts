// The wording that a license fixes for a NOTICE file, word for word.
import type { LicenseEntry } from "./catalogue.js";

/** The longest known one, Tencent's, has 200 characters. */
const LONGEST = 400;

/**
 * What has to stand in the NOTICE file. The license's own text comes first, since years and owners change between versions
 * of one license; then what the table knows. Undefined for a license that fixes none, null where its wording is not known.
 * @param texts the license texts at hand
 */
export function noticeWording(entry: LicenseEntry, texts: readonly string[]): string | null | undefined {
  const condition = entry.conditions.find(({ key }) => key === "notice-file");
  if (condition === undefined) return undefined;
  const { text, full } = condition;
  if (typeof text !== "string") return null;
  const pattern = quotedWording(text);
  const found = texts.map((one) => pattern.exec(one.replace(/[\s*\\]+/g, " "))).find((match) => match !== null);
  if (found) return (found[1] ?? found[2] ?? "").trim();
  if (typeof full === "string") return full;
  // Words about the notice are none.
  return text.includes("...") || !/licen[cs]e|terms of use/i.test(text) ? null : text;
}

/** The same words between quotation marks, and what follows them up to the closing mark; `...` stands for a few words. */
function quotedWording(text: string): RegExp {
  const parts = text.split("...").map((part) =>
    part
      .trim()
      .replace(/[.*+?^${}()|[\]\\]/g, "\\$&")
      .replace("\\(c\\)", "(?:\\(c\\)|©)"),
  );
  const opening = `(?:Meta )?${parts.map((part) => `${part}(?!\\.?\\d)`).join(".{0,80}?")}`;
  // A name inside may have quotation marks of its own.
  const curly = `“ ?(${opening}(?:[^“”]|“[^“”]{1,40}”){0,${LONGEST}}?)”`;
  return new RegExp(`${curly}|" ?(${opening}[^"]{0,${LONGEST}}?)"`);
}
