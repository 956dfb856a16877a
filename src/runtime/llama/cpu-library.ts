// Where the prebuilt llama.cpp library for the processor lies among the installed packages.
import { createRequire } from "node:module";
import { dirname, join } from "node:path";
import { pathToFileURL } from "node:url";

export interface CpuLibrary {
  /** The addon for Node, with the libraries beside it. */
  readonly addon: string;
  readonly buildMetadata: string;
  /** URL of node-llama-cpp's first module. */
  readonly entry: string;
}

/** Linux only: elsewhere the packages differ. Throws what `require.resolve` does when they are not installed. */
export function cpuLibrary(): CpuLibrary {
  const entry = engineEntry();
  const name = `linux-${process.arch}`;
  const bins = join(dirname(createRequire(entry).resolve(`@node-llama-cpp/${name}`)), "..", "bins", name);
  return { addon: join(bins, "llama-addon.node"), buildMetadata: join(bins, "_nlcBuildMetadata.json"), entry };
}

/** URL of node-llama-cpp's first module. Not by import.meta.resolve, which the built program, being CommonJS, has not. */
export function engineEntry(): string {
  return pathToFileURL(createRequire(import.meta.url).resolve("node-llama-cpp")).href;
}
