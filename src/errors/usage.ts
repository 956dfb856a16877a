// The command line, and what a person chose.
import type { Bytes } from "../model/types.js";

export interface UsageFacts {
  usage: { problem: string; detail?: string; help?: string };
  "invalid-reference": { input: string; reason: string };
  "not-interactive": { question: string /** The command that needs no answer. */; instead: string };
  interrupted: { signal: "SIGINT" | "SIGTERM" | "SIGHUP"; keptBytes?: Bytes };
  declined: { question: string };
}
