// Starts llama.cpp through node-llama-cpp. The only file, with model.ts, that knows that library.
import { createRequire } from "node:module";
import { dirname, join } from "node:path";
import { pathToFileURL } from "node:url";
import type { Llama, LlamaOptions } from "node-llama-cpp";
import { OslmError } from "../../errors.js";

/** The engine's last log lines: when a load fails they are the only place that says why. */
export class EngineLog {
  readonly #lines: string[] = [];

  readonly write = (_level: unknown, message: string): void => {
    this.#lines.push(...message.split("\n").filter((line) => line.trim() !== ""));
    this.#lines.splice(0, Math.max(0, this.#lines.length - 40));
  };

  /** The line that most likely tells the reason of a failure, or undefined. */
  reason(): string | undefined {
    const telling = this.#lines.filter((line) => /error|fail|unable|unknown|unsupported|invalid|missing/i.test(line));
    // llama.cpp reports the cause first and then each caller's "failed to load model".
    return (telling.find((line) => !/failed to load model/i.test(line)) ?? telling[0])?.trim();
  }
}

/** `_create` is not public API: package.json pins the exact version, and startLlama falls back where this fails. */
type LlamaClass = { _create(options: Record<string, unknown>): Promise<Llama> };

/**
 * Loads the prebuilt CPU library directly. The public getLlama() first starts a second Node process to test-load the
 * library, which doubles the time to the first token (600-750 ms of 1.4 s); a library that cannot be loaded throws here
 * just as well.
 */
async function startCpuDirectly(log: EngineLog): Promise<Llama> {
  const entry = engineEntry();
  const name = `linux-${process.arch}`;
  const bins = join(dirname(createRequire(entry).resolve(`@node-llama-cpp/${name}`)), "..", "bins", name);
  const require = createRequire(import.meta.url);
  const bindings: unknown = require(join(bins, "llama-addon.node"));
  const buildMetadata: unknown = require(join(bins, "_nlcBuildMetadata.json"));
  const library = (await import(new URL("bindings/Llama.js", entry).href)) as { Llama: LlamaClass };
  return library.Llama._create({
    bindings,
    bindingPath: join(bins, "llama-addon.node"),
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

/**
 * The started engine library.
 * @param gpu whether layers will be placed on a GPU: then the library's own choice among CUDA, Metal and Vulkan is used
 * @throws OslmError no-backend when no prebuilt binary runs on this platform; nothing is ever compiled
 */
export async function startLlama(gpu: boolean, log: EngineLog): Promise<Llama> {
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

/** The URL of its first module. Not by import.meta.resolve, which the built program, being CommonJS, has not. */
function engineEntry(): string {
  return pathToFileURL(createRequire(import.meta.url).resolve("node-llama-cpp")).href;
}
