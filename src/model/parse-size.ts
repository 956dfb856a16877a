// Sizes as people type them: 8GB, 7.5GiB, 512MB, 8g.
import { OslmError } from "../errors.js";
import type { Bytes } from "./types.js";

const UNITS: Readonly<Record<string, number>> = {
  "": 1,
  b: 1,
  k: 1e3,
  kb: 1e3,
  kib: 2 ** 10,
  m: 1e6,
  mb: 1e6,
  mib: 2 ** 20,
  g: 1e9,
  gb: 1e9,
  gib: 2 ** 30,
  t: 1e12,
  tb: 1e12,
  tib: 2 ** 40,
};

/**
 * GB is decimal and GiB binary; a bare letter is decimal.
 * @throws OslmError usage for anything else
 */
export function parseSize(text: string): Bytes {
  const [, digits = "", unit = ""] = /^\s*(\d+(?:\.\d+)?)\s*([a-z]*)\s*$/i.exec(text) ?? [];
  const factor = UNITS[unit.toLowerCase()];
  const bytes = Math.round(Number(digits) * (factor ?? Number.NaN));
  if (digits === "" || !Number.isSafeInteger(bytes)) {
    throw new OslmError("usage", {
      problem: `${JSON.stringify(text)} is not a size such as 8GB, 7.5GiB or 512MB`,
    });
  }
  return bytes;
}
