// A load tried in a process of its own, which a hostile file or a lack of memory may end: see rehearse.ts. Takes RehearsalOptions as JSON
// in its one argument, and writes a RehearsalReply as JSON.
//
// It uses the library without node-llama-cpp around it: importing that takes longer than the whole rehearsal.
import { dieFirst, endWithParent } from "../child-manners.js";
import type { LoadOptions } from "../engine.js";
import { type Addon, startAddon } from "./bare-addon.js";
import { EngineLog } from "./engine-log.js";

export interface RehearsalOptions extends LoadOptions {
  /** True takes the memory as well, and `spare` bytes more in place of what computing will use; false only simulates it. */
  readonly real: boolean;
  readonly spare: number;
}

export type RehearsalReply =
  | { readonly ram: number }
  | { readonly failed: string }
  /** There is no such library for this machine, or it does not start. */
  | { readonly unavailable: string };

const PIECE = 64 * 2 ** 20;
/** GGML_TYPE_*. */
const KV_TYPES = { f16: 1, q4_0: 2, q8_0: 8 } as const;

async function rehearse(options: RehearsalOptions): Promise<RehearsalReply> {
  const log = new EngineLog();
  let addon: Addon;
  try {
    addon = await startAddon(log);
  } catch (error) {
    return { unavailable: error instanceof Error ? error.message : String(error) };
  }
  const failed = async (what: string): Promise<RehearsalReply> => {
    // Log lines come later than results.
    await new Promise((resolve) => setTimeout(resolve, 20));
    return { failed: log.reason() ?? what };
  };
  const { real, kvType, ctx, batch, threads, useMmap, sequences = 1, embedding = false, lora = [] } = options;
  const model = new addon.AddonModel(options.path, { gpuLayers: 0, noAlloc: !real, useMmap, useMlock: false });
  if (!(await model.init())) return failed("the model cannot be loaded");
  const context = new addon.AddonContext(model, {
    contextSize: ctx * sequences,
    batchSize: Math.max(batch, sequences),
    sequences,
    embeddings: embedding,
    flashAttention: "auto",
    threads,
    kvCacheKeyType: KV_TYPES[kvType],
    kvCacheValueType: KV_TYPES[kvType],
  });
  if (!(await context.init())) return failed("the context cannot be made");
  try {
    for (const { path } of lora) await model.loadLora(new addon.AddonModelLora(model, path));
  } catch {
    return failed("the adapter cannot be loaded");
  }
  // A vocabulary without a token for some byte ends the process when a text has that byte.
  model.detokenize(model.tokenize(everyByte(), false), true);
  if (real && !takes(options.spare)) return { failed: `failed to allocate ${options.spare} bytes for computing` };
  return { ram: model.getMemoryBreakdown().cpuRam + context.getMemoryBreakdown().cpuRam };
}

/** In pieces: Node has a limit for each. */
function takes(bytes: number): boolean {
  const pieces: Buffer[] = [];
  try {
    for (let left = bytes; left > 0; left -= PIECE) pieces.push(Buffer.alloc(Math.min(left, PIECE), 1));
    return pieces.length * PIECE >= bytes;
  } catch {
    return false;
  }
}

/** All bytes that UTF-8 knows: the one-byte and two-byte characters, and the first of each longer kind. */
function everyByte(): string {
  const short = Array.from({ length: 0x800 }, (_, code) => String.fromCodePoint(code));
  const three = Array.from({ length: 13 }, (_, lead) => String.fromCodePoint(0x1000 * (lead || 0.5)));
  const four = Array.from({ length: 17 }, (_, plane) => String.fromCodePoint(0x10000 * (plane || 1)));
  return [...short, ...three, "\ue000", "\uffff", ...four].join("");
}

dieFirst();
endWithParent();
const say = (reply: RehearsalReply) => process.stdout.write(JSON.stringify(reply), () => process.exit(0));
rehearse(JSON.parse(process.argv[2] ?? "") as RehearsalOptions).then(say, (error: unknown) =>
  say({ failed: error instanceof Error ? error.message : String(error) }),
);
