// A folder with a wide model, and the quantizer of the built program.
import { mkdtempSync, readdirSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { readHeader } from "../../src/gguf/header.js";
import { readMetadata } from "../../src/gguf/metadata.js";
import { askQuantizer } from "../../src/quantize/ask-quantizer.js";
import { fileType } from "../../src/quantize/file-types.js";
import type { QuantizeCall } from "../../src/quantize/job.js";
import { openSource } from "../../src/quantize/open-source.js";
import type { Source } from "../../src/quantize/plan.js";
import { cpuLibrary } from "../../src/runtime/llama/cpu-library.js";
import { type GgufSpec, writeGguf } from "../support/gguf-writer.js";

export const LIBRARY = join(dirname(cpuLibrary().addon), "libllama.v0.5.0.so");
export const script = new URL("../../dist/parts/quantizer.js", import.meta.url);
export const asking = { signal: new AbortController().signal, script };

export class QuantizeRoom {
  readonly folder = mkdtempSync(join(tmpdir(), "oslm-quantize-"));

  path(name: string): string {
    return join(this.folder, name);
  }

  write(name: string, spec: GgufSpec): string {
    writeFileSync(this.path(name), writeGguf(spec));
    return this.path(name);
  }

  files(): string[] {
    return readdirSync(this.folder).sort();
  }

  remove(): void {
    rmSync(this.folder, { recursive: true });
  }
}

export function callOf(input: string, type: string, more: Partial<QuantizeCall> = {}): QuantizeCall {
  return {
    ...{ input, output: "", fileType: fileType(type)?.id ?? -1, threads: 2, tensorTypes: [], metadata: [] },
    ...{ leaveOutput: false, allowRequantize: false, pure: false, dryRun: false, realign: false, bufferBytes: 2 ** 30 },
    ...more,
  };
}

export async function sourceOf(path: string): Promise<Source> {
  const { source, close } = await openSource(path);
  try {
    const header = await readHeader(source, { name: path });
    return { headers: [header], keysEnd: (await readMetadata(source, path)).cursor.position };
  } finally {
    await close();
  }
}

/** Of the types that are slow to find only one tensor gets them. */
export function quickCall(input: string, type: string, more: Partial<QuantizeCall> = {}): QuantizeCall {
  const tensorTypes = /^IQ|Q2_K_S/.test(type) ? ([["attn_[qvo]|ffn", 8]] as const) : [];
  return callOf(input, type, { tensorTypes, ...more });
}

/** Quantizes to several types in one process; gives the paths. */
export async function quantizeAll(
  room: QuantizeRoom,
  input: string,
  types: readonly string[],
  imatrix?: string,
): Promise<readonly string[]> {
  const outputs = types.map((type) => room.path(`all-${type}.gguf`));
  const calls = types.map((type, at) => quickCall(input, type, { output: outputs[at] ?? "" }));
  for await (const reply of askQuantizer({ library: LIBRARY, calls, ...(imatrix && { imatrix }) }, asking)) {
    if (reply.is === "ended" && reply.code !== 0) throw new Error(`a call ended with ${reply.code}`);
  }
  return outputs;
}
