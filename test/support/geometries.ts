// Shapes of known models, for tests of fit.
import { type Geometry, geometryOf } from "../../src/gguf/geometry.js";
import { readMetadata } from "../../src/gguf/metadata.js";
import { memorySource } from "../../src/gguf/source.js";
import { ENGINE_FIGURES } from "../fit/engine-figures.js";
import { type GgufSpec, writeGguf } from "./gguf-writer.js";

export async function geometryFrom(metadata: GgufSpec["metadata"]): Promise<Geometry> {
  return geometryOf(await readMetadata(memorySource(writeGguf({ metadata })), "test.gguf"));
}

export async function knownGeometry(id: string): Promise<Geometry> {
  const figure = ENGINE_FIGURES.find((one) => one.id === id);
  if (figure === undefined) throw new Error(`no figures for ${id}`);
  return geometryFrom(figure.metadata);
}
