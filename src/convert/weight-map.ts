// The index of a checkpoint in several files: which tensor is where.
import { OslmError } from "../errors.js";
import { isObject, readJson } from "./read-json.js";

/**
 * Tensor -> file: plain names only, never a way out of the folder.
 * @param index the file's name
 * @throws OslmError malformed-checkpoint
 */
export function readWeightMap(index: string, bytes: Uint8Array): ReadonlyMap<string, string> {
  const { weight_map: map } = readJson(index, bytes);
  const fail = (reason: string): never => {
    throw new OslmError("malformed-checkpoint", { file: index, reason });
  };
  if (!isObject(map) || Object.keys(map).length === 0) return fail("it names no tensors (weight_map)");
  return new Map(
    Object.entries(map).map(([tensor, file]): [string, string] => {
      if (typeof file === "string" && /^\w[\w.-]*$/.test(file)) return [tensor, file];
      return fail(`it names ${JSON.stringify(String(file).slice(0, 200))}, which is not a file of its folder`);
    }),
  );
}
