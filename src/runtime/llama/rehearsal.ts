// A load tried in a process of its own, which a hostile file or a lack of memory may end: see rehearse.ts. Takes RehearsalOptions as JSON
// in its one argument, and writes a RehearsalReply as JSON.
//
// It uses the library without node-llama-cpp around it: importing that takes longer than the whole rehearsal.
import { createRequire } from "node:module";
import { dirname } from "node:path";
import type { LoadOptions } from "../engine.js";
import { cpuLibrary } from "./cpu-library.js";
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

/** Of the addon's interface (AddonTypes.d.ts in node-llama-cpp, whose version is pinned), what is used here. */
interface Addon {
  markLoaded(): boolean;
  setLogger(write: (level: number, message: string) => void): void;
  setLoggerLogLevel(level: number): void;
  loadBackends(folder?: string): void;
  getGpuType(): unknown;
  init(): Promise<void>;
  AddonModel: new (path: string, options: object) => NativeModel;
  AddonContext: new (model: Native, options: object) => Native;
}
interface Native {
  init(): Promise<boolean>;
  getMemoryBreakdown(): { readonly cpuRam: number; readonly gpuVram: number };
}
interface NativeModel extends Native {
  tokenize(text: string, special: boolean): Uint32Array;
  detokenize(tokens: Uint32Array, special: boolean): string;
}

/** Warnings and errors (`AddonLogLevel`). */
const LOG_LEVEL = 3;
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
  const { real, kvType, ctx, batch, threads, useMmap, sequences = 1, embedding = false } = options;
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
  // A vocabulary without a token for some byte ends the process when a text has that byte.
  model.detokenize(model.tokenize(everyByte(), false), true);
  if (real) Buffer.alloc(options.spare, 1);
  return { ram: model.getMemoryBreakdown().cpuRam + context.getMemoryBreakdown().cpuRam };
}

async function startAddon(log: EngineLog): Promise<Addon> {
  const { addon: path } = cpuLibrary();
  const addon = createRequire(import.meta.url)(path) as Addon;
  addon.markLoaded();
  addon.setLogger(log.write);
  addon.setLoggerLogLevel(LOG_LEVEL);
  addon.loadBackends();
  if (addon.getGpuType() == null) addon.loadBackends(dirname(path));
  await addon.init();
  return addon;
}

/** All bytes that UTF-8 knows: the one-byte and two-byte characters, and the first of each longer kind. */
function everyByte(): string {
  const short = Array.from({ length: 0x800 }, (_, code) => String.fromCodePoint(code));
  const three = Array.from({ length: 13 }, (_, lead) => String.fromCodePoint(0x1000 * (lead || 0.5)));
  const four = Array.from({ length: 17 }, (_, plane) => String.fromCodePoint(0x10000 * (plane || 1)));
  return [...short, ...three, "\ue000", "\uffff", ...four].join("");
}

const say = (reply: RehearsalReply) => process.stdout.write(JSON.stringify(reply), () => process.exit(0));
rehearse(JSON.parse(process.argv[2] ?? "") as RehearsalOptions).then(say, (error: unknown) =>
  say({ failed: error instanceof Error ? error.message : String(error) }),
);
