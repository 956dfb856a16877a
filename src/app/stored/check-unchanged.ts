// A referenced file belongs to somebody else, who may change it: what was imported is not used as anything else.
import { stat } from "node:fs/promises";
import { dirname, join } from "node:path";
import { OslmError } from "../../errors.js";
import type { StoredModel } from "../../model/types.js";

/**
 * Compares size and time of change of each file with the record; only `oslm verify` reads it all.
 * @throws OslmError file-changed, import-gone
 */
export async function checkUnchanged(model: StoredModel): Promise<void> {
  for (const { path, size, mtimeMs } of model.files) {
    if (mtimeMs === undefined) continue;
    const at = join(dirname(model.path), path);
    const now = await stat(at).catch(() => undefined);
    const change = (reason: string) => new OslmError("file-changed", { name: model.name, path: at, reason });
    if (!now?.isFile()) throw new OslmError("import-gone", { name: model.name, path: at });
    if (now.size !== size) throw change(`has ${now.size} bytes now, not ${size}`);
    if (now.mtimeMs !== mtimeMs) throw change(`was written to at ${now.mtime.toISOString()}`);
  }
}
