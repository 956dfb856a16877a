// Is a repository one that holds a checkpoint and no GGUF file?
import type { RepoSnapshot } from "../../model/types.js";
import type { RemoteRef } from "../pull/resolve.js";

/** As src/convert looks for them. */
const WEIGHTS = /^(model\.safetensors(\.index\.json)?|pytorch_model\.(bin|pt|pth|bin\.index\.json)|model\.(pt|pth))$/;

export function isCheckpoint(ref: RemoteRef, { files, refused = new Map() }: RepoSnapshot): boolean {
  if (ref.kind === "hub" && ref.path !== undefined) return false;
  const names = files.map(({ path }) => path);
  if ([...names, ...refused.keys()].some((name) => /\.gguf$/i.test(name))) return false;
  return names.includes("config.json") && names.some((name) => WEIGHTS.test(name));
}
