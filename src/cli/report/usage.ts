// The command line, and what a person chose.
import type { UsageFacts } from "../../errors/usage.js";
import { formatBytes } from "../../ui/format.js";
import type { Entries } from "./entry.js";

const ENDED_BY = { SIGINT: 130, SIGTERM: 143, SIGHUP: 129 } as const;

export const usageReports: Entries<UsageFacts> = {
  usage: (f) => [2, f.problem, f.detail ?? "", f.help ?? "oslm --help"],
  "invalid-reference": (f) => [
    2,
    `"${f.input}" is not a model reference`,
    f.reason,
    "oslm pull qwen2   or   oslm pull org/repo:Q4_K_M",
  ],
  "not-interactive": (f) => [
    2,
    `nobody can be asked: ${f.question}`,
    "There is no terminal, or --no-input or CI is set.",
    f.instead,
  ],
  interrupted: (f) => [
    ENDED_BY[f.signal],
    "stopped",
    f.keptBytes ? `${formatBytes(f.keptBytes)} kept; run the same command to continue.` : "",
    "",
  ],
  declined: (f) => [130, "declined", f.question, ""],
};
