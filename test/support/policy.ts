// Policies from the text that people write.
import { parseOslmYaml } from "../../src/config/oslm-yaml.js";
import { DEFAULT_POLICY, type LicensePolicy } from "../../src/license/policy.js";
import { readPolicy } from "../../src/license/policy-read.js";

export const TODAY = "2026-11-21";

/** The last one is `oslm.yaml`; those before it are `org.yaml`. */
export function policyOf(...texts: readonly string[]): LicensePolicy {
  const files = texts.map((text, index) => {
    const name = index === texts.length - 1 ? "oslm.yaml" : "org.yaml";
    const source = { file: `/work/${name}`, shown: name };
    return readPolicy(parseOslmYaml(text, source), source);
  });
  return { ...DEFAULT_POLICY, written: { files, today: TODAY } };
}

/** The `license:` part with these lines. */
export function licensePart(lines: string): string {
  return `license:\n${lines
    .split("\n")
    .map((line) => `  ${line}`)
    .join("\n")}\n`;
}
