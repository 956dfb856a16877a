// A checkpoint of one safetensors file or of several with an index.
import { OslmError } from "../../errors.js";
import type { Checkpoint, CheckpointTensor } from "../checkpoint.js";
import type { Folder, OpenFile } from "../folder.js";
import { checkShards } from "../shards.js";
import { ELEMENT_BYTES, elementsOf } from "../stored-types.js";
import { readWeightMap } from "../weight-map.js";
import { readSafetensorsHeader, type SafetensorsEntry } from "./header.js";

const INDEX = "model.safetensors.index.json";
const WHOLE = "model.safetensors";
const MAX_SHARDS = 10_000;

/** @param whole the file, where it is one; adapters name it otherwise. Undefined where the folder has no safetensors checkpoint; throws malformed-checkpoint and unsupported-checkpoint. */
export async function openSafetensors(folder: Folder, whole = WHOLE): Promise<Checkpoint | undefined> {
  const index = whole === WHOLE ? await folder.read(INDEX) : null;
  const wanted = index === null ? new Map<string, string>() : readWeightMap(INDEX, index);
  const files = index === null ? folder.names.filter((name) => name === whole) : [...new Set(wanted.values())].sort();
  if (files.length === 0) return undefined;
  if (files.length > MAX_SHARDS) throw malformed(INDEX, `it names ${files.length} files, more than ${MAX_SHARDS}`);
  checkShards(folder.names, INDEX, files);
  const open: OpenFile[] = [];
  const close = async () => {
    for (const file of open) await file.close();
  };
  try {
    const tensors = new Map<string, CheckpointTensor>();
    const places = new Map<string, string>();
    for (const name of files) {
      if (!folder.names.includes(name)) throw malformed(INDEX, `it names the file ${name}, which is not there`);
      const file = await folder.open(name);
      open.push(file);
      for (const entry of await readSafetensorsHeader(file, name)) {
        const other = places.get(entry.name);
        if (other !== undefined)
          throw malformed(name, `it has the tensor ${JSON.stringify(entry.name)}, as ${other} does`);
        places.set(entry.name, name);
        tensors.set(entry.name, tensorOf(file, name, entry));
      }
    }
    for (const [tensor, file] of wanted) {
      if (places.get(tensor) !== file)
        throw malformed(file, `it lacks the tensor ${JSON.stringify(tensor.slice(0, 200))}`);
    }
    return { tensors, close };
  } catch (error) {
    await close();
    throw error;
  }
}

function tensorOf(file: OpenFile, fileName: string, { name, type, shape, from }: SafetensorsEntry): CheckpointTensor {
  const size = ELEMENT_BYTES[type];
  const all = elementsOf(shape);
  return {
    name,
    type,
    shape,
    read: async (first = 0, count = all - first, into) => {
      if (first < 0 || count < 0 || first + count > all)
        throw new RangeError(`${name} has no elements ${first}+${count}`);
      const bytes = await file.read(from + first * size, count * size, into);
      if (bytes.length < count * size) throw malformed(fileName, `it ended within ${JSON.stringify(name)}`);
      return bytes;
    },
  };
}

function malformed(file: string, reason: string): OslmError {
  return new OslmError("malformed-checkpoint", { file, reason });
}
