// What the header of a stored model says of its license, where nothing was kept of it.
import type { GeneralKeys } from "../../gguf/geometry.js";
import type { StoredModel } from "../../model/types.js";
import { storedModel } from "../run/local-model.js";
import { readModel } from "../run/read-model.js";

export interface HeaderOnDisk {
  /** Its path in the repository. */
  readonly file: string;
  readonly general: GeneralKeys;
}

/** Undefined for a file that is gone or damaged: it cannot be run either. */
export async function headerOnDisk(stored: StoredModel): Promise<HeaderOnDisk | undefined> {
  const file = stored.files[0]?.path ?? "";
  return readModel(storedModel(stored)).then(
    ({ geometry }) => ({ file, general: geometry.general }),
    () => undefined,
  );
}
