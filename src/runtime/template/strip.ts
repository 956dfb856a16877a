// Python's strip(), lstrip() and rstrip() of the characters that they are given: the engine knows them for blanks alone.
import type { Value } from "./evaluator.js";
import { type Methods, wrap } from "./text-methods.js";

const ENDS = { strip: "both", lstrip: "start", rstrip: "end" } as const;

/** Qwen 3 and others take line breaks from around thinking, and leave blanks: `content.rstrip('\n')`. */
export function stripLikePython(text: string, methods: Methods): void {
  for (const [name, ends] of Object.entries(ENDS)) {
    wrap(methods, name, (call, given, scope) => {
      const marks = given[0]?.value;
      const result: Value = call(given, scope);
      if (typeof marks === "string") result.value = stripped(text, new Set(marks), ends);
      return result;
    });
  }
}

function stripped(text: string, marks: ReadonlySet<string>, ends: "both" | "start" | "end"): string {
  const letters = [...text];
  let [start, end] = [0, letters.length];
  if (ends !== "end") while (start < end && marks.has(letters[start] ?? "")) start++;
  if (ends !== "start") while (end > start && marks.has(letters[end - 1] ?? "")) end--;
  return letters.slice(start, end).join("");
}
