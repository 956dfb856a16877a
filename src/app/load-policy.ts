// The license policy that holds here: the defaults, the organization's files, the project's.
import { isAbsolute, relative } from "node:path";
import { readPolicyText } from "../config/read-policy-text.js";
import { DEFAULT_POLICY, type LicensePolicy } from "../license/policy.js";
import type { PolicyFile } from "../license/policy-file.js";
import { readPolicy } from "../license/policy-read.js";

/** @param paths in order of precedence @param cwd for the names in messages @throws OslmError bad-policy for the first broken file */
export async function loadPolicy(paths: readonly string[], cwd: string, now: Date): Promise<LicensePolicy> {
  const files: PolicyFile[] = [];
  for (const path of paths) {
    const text = await readPolicyText(path);
    const { parseOslmYaml } = await import("../config/oslm-yaml.js");
    const source = { file: path, shown: shownPath(path, cwd) };
    files.push(readPolicy(parseOslmYaml(text, source), source));
  }
  return { ...DEFAULT_POLICY, written: { files, today: now.toISOString().slice(0, 10) } };
}

/** `oslm.yaml` here; a full path elsewhere. */
function shownPath(path: string, cwd: string): string {
  const short = relative(cwd, path);
  return short.startsWith("..") || isAbsolute(short) ? path : short;
}
