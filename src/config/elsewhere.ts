// Where other programs keep GGUF files. A pure function of the environment: nothing is read here.
import { posix, win32 } from "node:path";
import type { Env } from "./paths.js";

export interface Elsewhere {
  /** Ollama's folders with `blobs` and `manifests` (envconfig/config.go; the Linux service has a home of its own). */
  readonly ollama: readonly string[];
  readonly lmStudio: {
    /** The file that names LM Studio's home where it was moved. */
    readonly pointer: string;
    /** Its home, and that of versions before 0.3.3. */
    readonly homes: readonly string[];
  };
  /** llama.cpp's own cache (common/common.cpp, fs_get_cache_directory), used until it took to the Hugging Face cache. */
  readonly llamaCpp: readonly string[];
}

export function resolveElsewhere(env: Env, home: string, platform: NodeJS.Platform): Elsewhere {
  const { join } = platform === "win32" ? win32 : posix;
  const service = platform === "linux" ? ["/usr/share/ollama/.ollama/models"] : [];
  return {
    ollama: distinct([env.OLLAMA_MODELS, join(home, ".ollama", "models"), ...service]),
    lmStudio: {
      pointer: join(home, ".lmstudio-home-pointer"),
      homes: [join(home, ".lmstudio"), join(home, ".cache", "lm-studio")],
    },
    llamaCpp: distinct([env.LLAMA_CACHE, join(cacheOf(env, home, platform), "llama.cpp")]),
  };
}

function cacheOf(env: Env, home: string, platform: NodeJS.Platform): string {
  const { join } = platform === "win32" ? win32 : posix;
  if (platform === "darwin") return join(home, "Library", "Caches");
  if (platform === "win32") return env.LOCALAPPDATA || join(home, "AppData", "Local");
  return env.XDG_CACHE_HOME || join(home, ".cache");
}

function distinct(paths: readonly (string | undefined)[]): readonly string[] {
  return [...new Set(paths.flatMap((path) => path || []))];
}
