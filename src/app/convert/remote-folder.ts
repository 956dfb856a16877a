// A checkpoint on the Hub as the converter reads folders: small files whole, of weights only the parts that are asked for.
import { type Folder, wholeLimit } from "../../convert/folder.js";
import { OslmError } from "../../errors.js";
import type { Hub } from "../../hub/hub.js";
import type { RepoFile, RepoSnapshot } from "../../model/types.js";

export interface RemoteFolder extends Folder {
  /** Those that were read or opened so far: what a conversion needs, and nothing else. */
  used(): readonly RepoFile[];
}

/** Files in folders of the repository are none of the checkpoint's. Each is read once. */
export function remoteFolder(hub: Hub, snapshot: RepoSnapshot, signal: AbortSignal): RemoteFolder {
  const files = new Map(snapshot.files.filter(({ path }) => !path.includes("/")).map((file) => [file.path, file]));
  const used = new Map<string, RepoFile>();
  const whole = new Map<string, Promise<Uint8Array>>();
  const sourceOf = (file: RepoFile) => {
    used.set(file.path, file);
    return hub.rangeSource(snapshot, file, signal);
  };
  return {
    names: [...files.keys()].sort(),
    used: () => [...used.values()],
    open: async (name) => {
      const file = files.get(name);
      if (file === undefined) throw malformed(name, "it is not among the files of the repository");
      const source = sourceOf(file);
      return { size: source.size, read: (offset, length) => source.read(offset, length), close: async () => {} };
    },
    read: async (name, limit = wholeLimit(name)) => {
      const file = files.get(name);
      if (file === undefined) return null;
      if (file.size > limit) throw malformed(name, `it has ${file.size} bytes, more than ${limit}`);
      const bytes =
        whole.get(name) ?? (file.size === 0 ? Promise.resolve(new Uint8Array(0)) : sourceOf(file).read(0, file.size));
      used.set(name, file);
      whole.set(name, bytes);
      return bytes;
    },
  };
}

function malformed(file: string, reason: string): OslmError {
  return new OslmError("malformed-checkpoint", { file, reason });
}
