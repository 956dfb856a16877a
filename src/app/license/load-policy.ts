// The license policy that holds here: the defaults, the organization's files, the project's.
import { isAbsolute, relative } from "node:path";
import { readPolicyText } from "../../config/read-policy-text.js";
import { DEFAULT_POLICY, type LicensePolicy } from "../../license/policy.js";
import type { PolicyFile } from "../../license/policy-file.js";
import { readPolicy } from "../../license/policy-read.js";
import type { Located, NamedFile } from "../../model/located.js";

/** @param paths in order of precedence @param cwd for the names in messages @throws OslmError bad-policy for the first broken file */
export async function loadPolicy(paths: readonly string[], cwd: string, now: Date): Promise<LicensePolicy> {
  const files: PolicyFile[] = [];
  for (const path of paths) {
    const { document, source } = await readOslmYaml(path, cwd);
    files.push(readPolicy(document, source));
  }
  return { ...DEFAULT_POLICY, written: { files, today: now.toISOString().slice(0, 10) } };
}

/** A file of this kind, with the path for messages. @throws OslmError bad-policy */
export async function readOslmYaml(path: string, cwd: string): Promise<{ document: Located; source: NamedFile }> {
  const text = await readPolicyText(path);
  const { parseOslmYaml } = await import("../../config/oslm-yaml.js");
  const source = { file: path, shown: shownPath(path, cwd) };
  return { document: parseOslmYaml(text, source), source };
}

/** `oslm.yaml` here; a full path elsewhere. */
function shownPath(path: string, cwd: string): string {
  const short = relative(cwd, path);
  return short.startsWith("..") || isAbsolute(short) ? path : short;
}
