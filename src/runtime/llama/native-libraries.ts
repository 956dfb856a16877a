// Where the shared libraries of the engine lie, for what calls them without the addon.
import { readdirSync } from "node:fs";
import { join } from "node:path";
import { binsOf } from "./cpu-library.js";

export interface NativeLibraries {
  /** libllama. */
  readonly llama: string;
  /** libggml-base, which knows the tensor types. */
  readonly ggml: string;
}

/** Packages of prebuilt binaries that need no GPU, by platform and processor, in the order in which they are looked for. */
const PACKAGES: Readonly<Record<string, readonly string[]>> = {
  darwin: ["mac-arm64-metal", "mac-x64"],
  linux: [`linux-${process.arch}`],
  win32: [`win-${process.arch}`],
};
/** `libllama.v0.5.0.so`, `libllama.dylib`, `llama.dll`; not `libllama-common.so`. */
const LLAMA = /^(?:lib)?llama(?:\.v[\d.]+)?\.(?:so|dylib|dll)$/;
const GGML = /^(?:lib)?ggml-base(?:\.v[\d.]+)?\.(?:so|dylib|dll)$/;

/** Undefined where they are not installed, or lie in another way. */
export function nativeLibraries(): NativeLibraries | undefined {
  for (const name of PACKAGES[process.platform] ?? []) {
    try {
      const folder = binsOf(name);
      const files = readdirSync(folder);
      const [llama, ggml] = [LLAMA, GGML].map((pattern) => files.find((file) => pattern.test(file)));
      if (llama !== undefined && ggml !== undefined) return { llama: join(folder, llama), ggml: join(folder, ggml) };
    } catch {
      // Of several packages npm installs those that fit.
    }
  }
  return undefined;
}
