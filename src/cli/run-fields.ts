// The fields of `oslm run --json`. They may become more; none changes its name.

export const RUN_FIELDS = [
  "model",
  "text",
  "json",
  "thinking",
  "tokens",
  "finishReason",
  "cutBy",
  "onlyThought",
  "leavesOut",
  "truncated",
  "usage",
  "timings",
  "receipt",
] as const;
