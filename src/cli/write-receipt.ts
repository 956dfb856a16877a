// --receipt FILE: what oslm replay needs. Only its owner may read it, since the prompt and the answer are in it.
import { resolve } from "node:path";
import type { Constraint } from "../app/run/constraint.js";
import { hashAdapters } from "../app/run/read-adapters.js";
import type { FullReceipt } from "../app/run/receipt.js";
import type { RawText } from "../app/run/session.js";
import type { Message } from "../runtime/template/render.js";
import { checkReceiptPlace } from "./receipt-place.js";
import { type Finished, publicReceipt } from "./run-result.js";
import { writeResult } from "./write-result.js";

export async function writeReceipt(
  file: string,
  { local, answer }: Finished,
  messages: readonly Message[],
  constraint: Constraint | undefined,
  raw: RawText | undefined,
): Promise<void> {
  const { lora: _, ...facts } = await publicReceipt({ local, answer });
  const lora = await hashAdapters(answer.receipt.lora);
  const receipt: FullReceipt = {
    ...facts,
    model: { ref: local.ref, path: resolve(local.paths[0]), commit: local.stored?.commit ?? null },
    // Of images the names are kept, not the bytes.
    messages: messages.map(({ role, content }) => ({ role, content })),
    ...(lora.length > 0 && { lora }),
    ...(answer.receipt.seen && { seen: answer.receipt.seen }),
    ...(raw && { raw }),
    constraint: constraint?.source ?? null,
    output: { text: answer.raw, thinking: answer.rawThinking },
  };
  // What has come there since the run began.
  await checkReceiptPlace(file);
  await writeResult(file, `${JSON.stringify(receipt, null, 2)}\n`, 0o600);
}
