// Tries in the engine what a checkpoint will become, before its weights are fetched or read: whether its tensors have the shapes that its
// configuration says, llama.cpp knows best.
import { OslmError } from "../../errors.js";
import type { WrittenHeader } from "../../gguf/write-header.js";
import type { World } from "../world.js";
import { withHollowFile } from "./hollow-file.js";

/**
 * In a process of its own, without weights and without their memory.
 * @param name of the checkpoint @throws OslmError malformed-checkpoint with what llama.cpp says; the signal's reason
 */
export async function rehearseCheckpoint(world: World, name: string, header: WrittenHeader): Promise<void> {
  const engine = await world.engine();
  const outcome = await withHollowFile(header, (path) => {
    const load = { path, ctx: 256, threads: 1, gpuLayers: 0, batch: 256, useMmap: true, kvType: "f16" } as const;
    return engine.rehearse(load, { real: false, spare: 0, bytes: header.fileSize }, world.signal);
  }).catch((error: NodeJS.ErrnoException) => {
    // Where the folder of passing files takes none of that size it cannot be tried.
    if (error.syscall !== undefined) return { is: "unknown" } as const;
    throw error;
  });
  if (outcome.is !== "refused" && outcome.is !== "hostile") return;
  const reason = `llama.cpp does not load what it would become: ${outcome.reason}`;
  throw new OslmError("malformed-checkpoint", { file: name, reason });
}
