// Starts llama.cpp through node-llama-cpp: the one place that loads that library. (Others name its types.)
import { createRequire } from "node:module";
import { setImmediate } from "node:timers/promises";
import type { Llama, LlamaOptions } from "node-llama-cpp";
import { OslmError } from "../../errors.js";
import { cpuLibrary } from "./cpu-library.js";
import type { EngineLog } from "./engine-log.js";

/** `_create` is not public API: package.json pins the exact version, and startLlama falls back where this fails. */
type LlamaClass = { _create(options: Record<string, unknown>): Promise<Llama> };

/**
 * Loads the prebuilt CPU library directly. The public getLlama() first starts a second Node process to test-load the
 * library, which doubles the time to the first token (600-750 ms of 1.4 s); a library that cannot be loaded throws here
 * just as well.
 */
async function startCpuDirectly(log: EngineLog): Promise<Llama> {
  const { addon, buildMetadata: metadata } = cpuLibrary();
  const require = createRequire(import.meta.url);
  const bindings: unknown = require(addon);
  const buildMetadata: unknown = require(metadata);
  const { Llama } = await importLibrary();
  return Llama._create({
    bindings,
    bindingPath: addon,
    buildType: "prebuilt",
    buildMetadata,
    logLevel: "warn",
    logger: log.write,
    maxThreads: 0,
    vramPadding: 0,
    ramPadding: 0,
    debug: false,
    numa: false,
    tempDir: false,
  });
}

interface Library {
  readonly Llama: LlamaClass;
  readonly GgufInsights: { readonly prototype: { _resolveSimulatorSource(): Promise<null> } };
}

async function importLibrary(): Promise<Library> {
  const library = (await import("./node-llama.js")) as unknown as Library;
  // Each load would simulate two others to learn what it takes, although nobody asks (`ignoreMemorySafetyChecks`): the vocabulary is read
  // twice more, half a second each where it is large. Without a source it goes by its formulas.
  library.GgufInsights.prototype._resolveSimulatorSource = async () => null;
  return library;
}

/** Begins the slow import that a load will need. What goes wrong there is told by the load. */
export function warmUp(): void {
  if (process.platform === "linux") importLibrary().catch(() => {});
}

let latest: Llama | undefined;

/**
 * Takes the log function from the library started before. The addon lets go of an old one some turns of the event loop after it was given
 * a new one, and then takes itself to have none: it writes to stdout (addonLog.cpp).
 */
async function takeBackLog(): Promise<void> {
  if (latest === undefined) return;
  (latest as unknown as { readonly _bindings: { setLogger(): void } })._bindings.setLogger();
  for (let turn = 0; turn < 3; turn++) await setImmediate();
}

/**
 * The started engine library.
 * @param gpu whether layers will be placed on a GPU: then the library's own choice among CUDA, Metal and Vulkan is used
 * @throws OslmError no-backend when no prebuilt binary runs on this platform; nothing is ever compiled
 */
export async function startLlama(gpu: boolean, log: EngineLog): Promise<Llama> {
  await takeBackLog();
  latest = await start(gpu, log);
  return latest;
}

async function start(gpu: boolean, log: EngineLog): Promise<Llama> {
  if (!gpu && process.platform === "linux") {
    try {
      return await startCpuDirectly(log);
    } catch {
      // Another layout of packages, musl, or a library that does not load: the public way reports it properly.
    }
  }
  const options: LlamaOptions = {
    gpu: gpu ? "auto" : false,
    build: "never",
    progressLogs: false,
    logLevel: "warn" as LlamaOptions["logLevel"],
    logger: log.write,
    maxThreads: 0,
    skipDownload: true,
  } as LlamaOptions;
  try {
    const { getLlama } = await import("node-llama-cpp");
    return await getLlama(options);
  } catch (cause) {
    throw new OslmError(
      "no-backend",
      {
        platform: `${process.platform}-${process.arch}`,
        reason: log.reason() ?? "no prebuilt llama.cpp library could be loaded",
      },
      { cause },
    );
  }
}
