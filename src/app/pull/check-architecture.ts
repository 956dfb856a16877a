// Whether the engine knows a model at all: asked before anything is fetched or loaded.
import { OslmError } from "../../errors.js";
import { engineName, isLoadable } from "../../gguf/architectures.js";
import type { Geometry } from "../../gguf/geometry.js";

/**
 * The list is the engine's own, so a load by force would end in the engine.
 * @param load the file for messages, and the command that gets it all the same @throws OslmError unknown-architecture
 */
export function checkArchitecture(
  { architecture }: Pick<Geometry, "architecture">,
  load: { readonly file: string; readonly force: string | null },
): void {
  if (!isLoadable(architecture)) {
    throw new OslmError("unknown-architecture", { ...load, architecture, engine: engineName() });
  }
}

/** The same as a reason not to fit, or not to run; null where there is none. */
export function strangeness({ architecture }: Pick<Geometry, "architecture">): string | null {
  return isLoadable(architecture)
    ? null
    : `${engineName()} does not know the architecture ${JSON.stringify(architecture.slice(0, 60))}`;
}
