// A checkpoint of one or several files of torch.save.
import { OslmError } from "../../errors.js";
import type { ByteSource } from "../../gguf/source.js";
import { parseObject } from "../../model/parse-object.js";
import type { Checkpoint, CheckpointTensor } from "../checkpoint.js";
import { readTorchFile } from "./torch-file.js";

/** A file that stays open until it is closed. */
export interface OpenFile {
  readonly source: ByteSource;
  close(): Promise<void>;
}

/**
 * The tensors of these files, together. `open` is asked for each by its name in the checkpoint's folder.
 * @throws OslmError malformed-checkpoint, unsupported-checkpoint, and what `open` throws; nothing stays open then
 */
export async function openTorchCheckpoint(
  files: readonly string[],
  open: (file: string) => Promise<OpenFile>,
): Promise<Checkpoint> {
  const opened: OpenFile[] = [];
  const close = async (): Promise<void> => {
    await Promise.all(opened.splice(0).map((file) => file.close()));
  };
  try {
    const tensors = new Map<string, CheckpointTensor>();
    for (const file of files) {
      const { source } = await open(file).then((each) => opened[opened.push(each) - 1] ?? each);
      for (const [name, tensor] of await readTorchFile(source, file)) {
        if (tensors.has(name)) throw malformed(file, `another file has the tensor ${name} too`);
        tensors.set(name, tensor);
      }
    }
    return { tensors, close };
  } catch (error) {
    await close();
    throw error;
  }
}

/**
 * The files that `pytorch_model.bin.index.json` names, each once. `file` is its name, for messages.
 * @throws OslmError malformed-checkpoint when it names none, or one outside of its folder
 */
export function torchShards(text: string, file: string): readonly string[] {
  const map = parseObject(text)?.weight_map;
  const shards = new Set<unknown>(typeof map === "object" && map !== null ? Object.values(map) : []);
  if (shards.size === 0) throw malformed(file, "it names no files");
  return [...shards].map((shard) => {
    if (typeof shard === "string" && /^[\w.-]+$/.test(shard) && !shard.startsWith(".")) return shard;
    throw malformed(file, `it names a file outside of its folder: ${JSON.stringify(shard)?.slice(0, 120)}`);
  });
}

const malformed = (file: string, reason: string): OslmError => new OslmError("malformed-checkpoint", { file, reason });
