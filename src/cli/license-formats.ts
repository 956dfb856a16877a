// The forms of a report on licenses for CI.

export const CHECK_FORMATS = ["text", "sarif", "junit"] as const;
export type CheckFormat = (typeof CHECK_FORMATS)[number];
