// Writes a quantized file: under a name of its own until it is whole, by a process that can be ended at any time.
import { constants } from "node:fs";
import { open, rm, stat } from "node:fs/promises";
import { basename, dirname } from "node:path";
import { passingFile } from "../disk/passing-file.js";
import { place } from "../disk/place.js";
import { OslmError } from "../errors.js";
import { readHeader } from "../gguf/header.js";
import type { Bytes } from "../model/types.js";
import { type Asking, askQuantizer } from "./ask-quantizer.js";
import { failureOf } from "./failure.js";
import { QuantizeLog } from "./log.js";
import { openSource } from "./open-source.js";
import type { QuantizePlan } from "./plan.js";

export interface QuantizeProgress {
  readonly type: "quantized";
  readonly tensor: string;
  readonly tensors: number;
  readonly of: number;
  /** Of the result, so far. */
  readonly bytes: Bytes;
  readonly total: Bytes;
}

export interface Writing {
  readonly library: string;
  readonly imatrix?: string;
  /** Absolute. */
  readonly target: string;
  /** Replaces what is there. */
  readonly force: boolean;
}

/**
 * Yields each tensor that is done. Nothing is left where it ends early, whatever the reason.
 * @throws OslmError as planQuantize; disk-full, usage where the target is there by now; what the system says of the target
 */
export async function* quantizeFile(
  { call, result }: QuantizePlan,
  { library, imatrix, target, force }: Writing,
  asking: Asking,
): AsyncGenerator<QuantizeProgress, void> {
  const total = result.fileSize;
  const { tensors, dataOffset } = result;
  const ends = new Map(
    tensors.map(({ name }, at) => [name, dataOffset + (tensors[at + 1]?.offset ?? total - dataOffset)]),
  );
  const { path: temporary, file } = await passingFile(target);
  try {
    await file.close();
    const request = { library, calls: [{ ...call, dryRun: false, output: temporary }], ...(imatrix && { imatrix }) };
    const replies = askQuantizer(request, asking);
    const log = new QuantizeLog();
    let code: number | undefined;
    for (;;) {
      const step = await replies.next();
      if (step.done) {
        if (code === 0) break;
        throw failed(await shortOf(temporary, total), call.input, log.reason, code, step.value);
      }
      if (step.value.is === "ended") code = step.value.code;
      if (step.value.is !== "log") continue;
      for (const { name, index, total: of } of log.add(step.value.text)) {
        yield { type: "quantized", tensor: name, tensors: index, of, bytes: ends.get(name) ?? 0, total };
      }
    }
    await check(temporary, target, total);
    await place(temporary, target, { over: force });
  } finally {
    await rm(temporary, { force: true });
  }
}

function failed(
  full: OslmError | undefined,
  input: string,
  reason: string | undefined,
  code: number | undefined,
  ended: Parameters<typeof failureOf>[2],
): OslmError {
  if (full !== undefined && /iostream|ios_base/.test(reason ?? "")) return full;
  return failureOf(input, reason, code === undefined ? ended : undefined);
}

/** A file that is too short means a full disk, of which the library takes no notice (std::ofstream, whose badbit throws nothing). */
async function shortOf(temporary: string, total: Bytes): Promise<OslmError | undefined> {
  const { size } = await stat(temporary);
  return size < total
    ? new OslmError("disk-full", { path: dirname(temporary), need: total, have: size, output: true })
    : undefined;
}

/** Whole, as it was planned, and on the disk. */
async function check(temporary: string, target: string, total: Bytes): Promise<void> {
  const full = await shortOf(temporary, total);
  if (full !== undefined) throw full;
  const { source, close } = await openSource(temporary);
  await readHeader(source, { name: basename(target) }).finally(close);
  const file = await open(temporary, constants.O_RDWR);
  await file.sync().finally(() => file.close());
}
