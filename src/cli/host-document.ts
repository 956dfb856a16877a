// This machine in JSON documents.
import type { Bytes, Host } from "../model/types.js";

/** With `ram` and `vram` in front: what a load may take of each, before the margin. */
export function hostDocument(host: Host): Host & { readonly ram: Bytes; readonly vram: Bytes } {
  return { ram: host.ramAvailable, vram: host.gpus.reduce((sum, { vramFree }) => sum + vramFree, 0), ...host };
}
