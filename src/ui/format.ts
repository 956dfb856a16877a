// Numbers and times for people. Decimal units, as the Hub and `ollama list` show them.
import type { Bytes, Milliseconds } from "../model/types.js";

const UNITS = ["B", "kB", "MB", "GB", "TB", "PB"] as const;

/** `1234567` -> `1.2 MB`. One decimal below 100 of a unit, none above; bytes are whole. */
export function formatBytes(bytes: Bytes): string {
  let value = Math.max(0, bytes);
  let unit = 0;
  // 999.95 would round to "1000"; it belongs to the next unit.
  while (value >= 999.5 && unit < UNITS.length - 1) {
    value /= 1000;
    unit++;
  }
  const digits = unit === 0 || value >= 99.95 ? 0 : 1;
  return `${value.toFixed(digits)} ${UNITS[unit]}`;
}

/** `1_543_000_000` -> `1.5 billion`. */
export function formatCount(count: number): string {
  const steps = [
    [1e12, "trillion"],
    [1e9, "billion"],
    [1e6, "million"],
  ] as const;
  const step = steps.find(([size]) => count >= size);
  return step ? `${Number((count / step[0]).toPrecision(3))} ${step[1]}` : String(count);
}

/** `1_543_000` -> `1.5M`; a dash for no number. */
export function formatCompact(count: number): string {
  return Number.isNaN(count) ? "-" : new Intl.NumberFormat("en", { notation: "compact" }).format(count);
}

/** `95_000` -> `1m 35s`. */
export function formatDuration(ms: Milliseconds): string {
  const seconds = Math.max(0, Math.round(ms / 1000));
  if (seconds < 60) return `${seconds}s`;
  const minutes = Math.floor(seconds / 60);
  return minutes < 60 ? `${minutes}m ${seconds % 60}s` : `${Math.floor(minutes / 60)}h ${minutes % 60}m`;
}

const AGES: readonly (readonly [seconds: number, name: string, short: string])[] = [
  [31_536_000, "year", "y"],
  [2_592_000, "month", "mo"],
  [604_800, "week", "w"],
  [86_400, "day", "d"],
  [3_600, "hour", "h"],
  [60, "minute", "min"],
];

/** `3 days ago`; `just now` within a minute. */
export function formatAgo(then: Date, now: Date): string {
  const age = ageOf(then, now);
  return age === undefined ? "just now" : `${age.count} ${age.name}${age.count > 1 ? "s" : ""} ago`;
}

/** The same for a narrow column: `3d ago`, `10mo ago`, `now`. */
export function formatAgoShort(then: Date, now: Date): string {
  const age = ageOf(then, now);
  return age === undefined ? "now" : `${age.count}${age.short} ago`;
}

function ageOf(then: Date, now: Date) {
  const seconds = Math.max(0, (now.getTime() - then.getTime()) / 1000);
  const [step] = AGES.filter(([length]) => seconds >= length);
  return step && { count: Math.floor(seconds / step[0]), name: step[1], short: step[2] };
}
