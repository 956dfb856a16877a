// oslm license pack MODEL DIR: the folder that travels with the weights.
import { packLicense, type WrittenPack } from "../../app/license/license-pack.js";
import { quoted } from "../../model/quoted.js";
import { parseRef } from "../../model/ref.js";
import type { Context } from "../context.js";

export interface PackFlags {
  readonly name?: string;
  readonly allowIncomplete?: boolean;
}

/** Prints the folder's path. @throws OslmError folder-in-use, license-denied, pack-incomplete */
export async function runPack(context: Context, model: string, dir: string, flags: PackFlags): Promise<void> {
  const { world, out } = context;
  const asName = flags.name === undefined ? "" : ` --name ${quoted(flags.name)}`;
  const instead = `oslm license pack ${quoted(model)} ${quoted(dir)}${asName} --allow-incomplete`;
  const pack = await packLicense(world, parseRef(model, { hub: world.endpoint }), { ...flags, dir, instead });
  if (out.json) {
    const document = documentOf(pack);
    out.document(document, Object.keys(document));
    return;
  }
  for (const { text } of pack.missing) out.warn(`missing: ${text}`);
  for (const { explanation } of pack.license.conflicts) out.warn(explanation);
  for (const { path, origin } of pack.files)
    if (origin === "standard") out.note(`${path} is the standard text: no repository holds one`);
  const left = pack.duties.filter(({ done, trigger }) => !done && trigger === "share");
  for (const { text, note } of left) out.note(`left to you: ${text}${note === null ? "" : ` (${note})`}`);
  out.line(pack.path);
}

function documentOf({ license, path, files, missing, duties }: WrittenPack) {
  const { ref, repo, commit, id } = license;
  return { ref, repo, commit, license: id, path, complete: missing.length === 0, files, missing, obligations: duties };
}
