// The weights of a folder as plain tensors, however they are stored and packed.
import { OslmError } from "../errors.js";
import type { Checkpoint } from "./checkpoint.js";
import type { Folder } from "./folder.js";
import { quantizationOf } from "./packed/quantization-of.js";
import { unpack } from "./packed/unpack.js";
import { openSafetensors } from "./safetensors/open.js";
import { refuseLooseShards } from "./shards.js";
import { openTorch } from "./torch/open.js";

/**
 * Of safetensors where both are there. Nothing of the weights is read before somebody asks for it.
 * @throws OslmError malformed-checkpoint, unsupported-checkpoint
 */
export async function openCheckpoint(folder: Folder): Promise<Checkpoint> {
  const stored = (await openSafetensors(folder)) ?? (await openTorch(folder));
  if (stored === undefined) {
    refuseLooseShards(folder.names);
    throw new OslmError("unsupported-checkpoint", {
      what: "a folder without model.safetensors or pytorch_model.bin",
      known: ["safetensors", "PyTorch checkpoints"],
    });
  }
  try {
    return await unpack(stored, await quantizationOf(folder));
  } catch (error) {
    await stored.close();
    throw error;
  }
}
