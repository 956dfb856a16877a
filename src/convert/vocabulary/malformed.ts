import { OslmError } from "../../errors.js";

/** `reason` reads like `token 5 has no text`. */
export function malformed(file: string, reason: string): OslmError<"malformed-checkpoint"> {
  return new OslmError("malformed-checkpoint", { file, reason });
}

/** Anything of a stranger's, short enough for a message. */
export const shown = (value: unknown, limit = 100): string => {
  const text = JSON.stringify(value) ?? String(value);
  return text.length > limit ? `${text.slice(0, limit)}…` : text;
};
