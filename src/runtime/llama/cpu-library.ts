// Where the prebuilt llama.cpp library for the processor lies among the installed packages.
import { createRequire } from "node:module";
import { dirname, join } from "node:path";
import { pathToFileURL } from "node:url";

export interface CpuLibrary {
  /** The addon for Node, with the libraries beside it. */
  readonly addon: string;
  readonly buildMetadata: string;
}

/** Linux only: elsewhere the packages differ. Throws what `require.resolve` does when they are not installed. */
export function cpuLibrary(): CpuLibrary {
  const bins = binsOf(`linux-${process.arch}`);
  return { addon: join(bins, "llama-addon.node"), buildMetadata: join(bins, "_nlcBuildMetadata.json") };
}

/** The folder of the binaries in one of the packages that come with node-llama-cpp. Throws where it is not installed. */
export function binsOf(name: string): string {
  return join(dirname(createRequire(engineEntry()).resolve(`@node-llama-cpp/${name}`)), "..", "bins", name);
}

/** URL of node-llama-cpp's first module. Not by import.meta.resolve, which the built program, being CommonJS, has not. */
export function engineEntry(): string {
  return pathToFileURL(createRequire(import.meta.url).resolve("node-llama-cpp")).href;
}
