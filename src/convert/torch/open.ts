// A checkpoint of one file of torch.save or of several with an index.
import { OslmError } from "../../errors.js";
import type { Checkpoint, CheckpointTensor } from "../checkpoint.js";
import type { Folder, OpenFile } from "../folder.js";
import { checkShards } from "../shards.js";
import { readWeightMap } from "../weight-map.js";
import { readTorchFile } from "./torch-file.js";

const INDEX = "pytorch_model.bin.index.json";
/** Where a single file is looked for, in this order. */
const WHOLE = ["pytorch_model.bin", "pytorch_model.pt", "pytorch_model.pth", "model.pt", "model.pth"];
const MAX_SHARDS = 10_000;

/** @param only the one file that counts. Undefined where the folder has no PyTorch checkpoint; throws malformed-checkpoint and unsupported-checkpoint. */
export async function openTorch(folder: Folder, only?: string): Promise<Checkpoint | undefined> {
  const index = only === undefined ? await folder.read(INDEX) : null;
  const wanted = index === null ? new Map<string, string>() : readWeightMap(INDEX, index);
  const whole = (only === undefined ? WHOLE : [only]).filter((name) => folder.names.includes(name)).slice(0, 1);
  const files = index === null ? whole : [...new Set(wanted.values())].sort();
  if (files.length === 0) return undefined;
  if (files.length > MAX_SHARDS) throw malformed(INDEX, `it names ${files.length} files, more than ${MAX_SHARDS}`);
  checkShards(folder.names, INDEX, files);
  const open: OpenFile[] = [];
  const close = async (): Promise<void> => {
    for (const file of open.splice(0)) await file.close();
  };
  try {
    const tensors = new Map<string, CheckpointTensor>();
    for (const name of files) {
      if (!folder.names.includes(name)) throw malformed(INDEX, `it names the file ${name}, which is not there`);
      const file = await folder.open(name);
      open.push(file);
      for (const [tensor, stored] of await readTorchFile(file, name)) {
        if (tensors.has(tensor)) throw malformed(name, `another file has the tensor ${quoted(tensor)} too`);
        tensors.set(tensor, stored);
      }
    }
    const missing = [...wanted].find(([tensor]) => !tensors.has(tensor));
    if (missing !== undefined) throw malformed(missing[1], `it lacks the tensor ${quoted(missing[0])}`);
    return { tensors, close };
  } catch (error) {
    await close();
    throw error;
  }
}

const quoted = (text: string): string => JSON.stringify(text.slice(0, 200));

const malformed = (file: string, reason: string): OslmError => new OslmError("malformed-checkpoint", { file, reason });
