// The faults in force, and which one a reply gets.
import type { Fault, Faults } from "./types.js";

/** "reply": before anything is decided; "body": when contents are about to be sent. */
export type Phase = "reply" | "body";

export interface FaultBook extends Faults {
  /** The first fault in force for these keys, most special first, counted as used; undefined when there is none. */
  take(keys: readonly string[], host: "hub" | "cdn", phase: Phase): Fault | undefined;
}

export function createFaultBook(): FaultBook {
  const book = new Map<string, { readonly fault: Fault; left: number }[]>();
  return {
    set(key, ...faults) {
      book.set(
        key,
        faults.map((fault) => ({ fault, left: fault.times ?? Number.POSITIVE_INFINITY })),
      );
    },
    clear(key) {
      if (key === undefined) book.clear();
      else book.delete(key);
    },
    take(keys, host, phase) {
      for (const key of keys) {
        const entry = book.get(key)?.find(({ left }) => left > 0);
        if (entry === undefined || phaseOf(entry.fault) !== phase) continue;
        if (entry.fault.at !== undefined && entry.fault.at !== host) continue;
        entry.left--;
        return entry.fault;
      }
      return undefined;
    },
  };
}

function phaseOf(fault: Fault): Phase {
  const { status, html, reset, times, at, delayMs, ...rest } = fault;
  if (
    status !== undefined ||
    html !== undefined ||
    reset !== undefined ||
    "json" in fault ||
    "entries" in fault ||
    "link" in fault
  ) {
    return "reply";
  }
  return Object.keys(rest).length === 0 ? "reply" : "body";
}
