// What commands say, said by the chat: between its lines nothing else may be written, and nobody can be asked there.
import type { Output } from "../../ui/output.js";

export type Tell = (text: string, kind?: "note" | "warning") => void;

export function chatOutput(out: Output, tell: Tell): Output {
  return Object.create(out, {
    note: { value: (text: string) => tell(text) },
    warn: { value: (text: string) => tell(text, "warning") },
    terminal: { value: Object.create(out.terminal, { canPrompt: { value: false } }) },
  }) as Output;
}
