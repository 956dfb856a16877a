// The library without node-llama-cpp around it, for processes that try something once: importing that takes longer than all
// they do.
import { createRequire } from "node:module";
import { dirname } from "node:path";
import { cpuLibrary } from "./cpu-library.js";
import type { EngineLog } from "./engine-log.js";

/** Of the addon's interface (AddonTypes.d.ts in node-llama-cpp, whose version is pinned), what is used here. */
export interface Addon {
  markLoaded(): boolean;
  setLogger(write: (level: number, message: string) => void): void;
  setLoggerLogLevel(level: number): void;
  loadBackends(folder?: string): void;
  getGpuType(): unknown;
  init(): Promise<void>;
  AddonModel: new (path: string, options: object) => NativeModel;
  AddonModelLora: new (model: Native, path: string) => object;
  AddonContext: new (model: Native, options: object) => Native;
  AddonGrammar: new (text: string, options: { addonExports: Addon; rootRuleName: string }) => NativeGrammar;
}
interface Native {
  init(): Promise<boolean>;
  getMemoryBreakdown(): { readonly cpuRam: number; readonly gpuVram: number };
}
interface NativeModel extends Native {
  loadLora(lora: object): Promise<void>;
  tokenize(text: string, special: boolean): Uint32Array;
  detokenize(tokens: Uint32Array, special: boolean): string;
}
interface NativeGrammar {
  isTextCompatible(text: string): boolean;
}

/** Warnings and errors (`AddonLogLevel`). */
const LOG_LEVEL = 3;

/** Throws where there is no such library for this machine, or it does not start. */
export async function startAddon(log: EngineLog): Promise<Addon> {
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
