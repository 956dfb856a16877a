// Checked licenses as SARIF 2.1.0: https://docs.oasis-open.org/sarif/sarif/v2.1.0/sarif-v2.1.0.html
import { createHash } from "node:crypto";
import { isAbsolute, relative, sep } from "node:path";
import { pathToFileURL } from "node:url";
import type { ExplainedLicense } from "../../app/license/explain-license.js";
import type { OslmError } from "../../errors.js";
import { DEFAULT_POLICY } from "../../license/policy.js";
import { isException } from "../../license/policy-answers.js";
import type { PolicyRuleRef } from "../../model/types.js";
import { sanitizeLine } from "../../ui/sanitize.js";
import { reportOf } from "../report.js";
import { version } from "../version.js";
import type { CheckedModel } from "./checked-model.js";

type Level = "error" | "warning" | "note";

interface Finding {
  readonly model: CheckedModel;
  readonly ruleId: string;
  readonly level: Level;
  readonly text: string;
  /** Where the rule of a policy stands that decided. */
  readonly at?: PolicyRuleRef;
}

const LEVELS: Readonly<Record<ExplainedLicense["decision"], Level>> = { deny: "error", ask: "warning", allow: "note" };

/** What the first part of a rule's id means. */
const KINDS: Readonly<Record<string, string>> = {
  policy: "A rule of a license policy decided",
  conflict: "The evidence on the license contradicts itself",
  doubt: "Something about the license could not be found out",
  class: "Licenses of this class have to be accepted first",
  error: "The license could not be looked up",
};

/** One document, ended by a newline. @param cwd what the places of policy files are relative to */
export function licenseSarif(models: readonly CheckedModel[], cwd: string): string {
  const findings = models.flatMap(findingsOn);
  const ids = [...new Set(findings.map(({ ruleId }) => ruleId))].sort();
  const run = {
    tool: { driver: { name: "oslm", semanticVersion: version, rules: ids.map(ruleOf) } },
    invocations: [{ executionSuccessful: models.every(({ license }) => license !== undefined) }],
    columnKind: "utf16CodeUnits",
    results: findings.map((finding) => resultOf(finding, ids, cwd)),
  };
  const $schema = "https://json.schemastore.org/sarif-2.1.0.json";
  return `${JSON.stringify({ $schema, version: "2.1.0", runs: [run] }, null, 2)}\n`;
}

function findingsOn(model: CheckedModel): readonly Finding[] {
  const { license, failure } = model;
  if (license === undefined) return failure === undefined ? [] : [errorOn(model, failure)];
  const level = LEVELS[license.decision];
  const ruleId = decidedBy(license);
  const said = { model, level, text: license.reasons.join(" ") };
  const main = ruleId === undefined ? [] : [{ ...said, ruleId, ...(license.rule && { at: license.rule }) }];
  const conflicts = license.conflicts.map(({ kind, explanation }) => {
    return { model, level, ruleId: `conflict/${kind}`, text: explanation };
  });
  return [...main, ...conflicts];
}

function errorOn(model: CheckedModel, failure: OslmError): Finding {
  const { code, message, detail } = reportOf(failure);
  return { model, level: "error", ruleId: `error/${code}`, text: `${message}. ${detail}` };
}

/** Undefined where nothing but conflicts did, or where nothing has to be said. */
function decidedBy({ decision, rule, state, conflicts, class: licenseClass }: ExplainedLicense): string | undefined {
  if (decision === "allow") return rule && isException(rule) ? ruleIdOf(rule) : undefined;
  if (rule !== undefined) return ruleIdOf(rule);
  if (state === "unresolvable") return "doubt/unresolved";
  const isFree = DEFAULT_POLICY.classes[licenseClass] === "allow";
  return isFree && conflicts.length > 0 ? undefined : `class/${licenseClass}`;
}

/** The same for one rule whatever its numbers, dates and names: `policy/deny-class-non-commercial`, `policy/meets-mau-limit`. */
function ruleIdOf({ rule }: PolicyRuleRef): string {
  const [, limit] = / ((?:may )?meets? [\w-]+) of /.exec(rule) ?? [];
  const words = limit ?? (isException({ rule }) ? "exception" : rule.replace(/:.*/s, ""));
  return `policy/${words.replace(/[^\w.+-]+/g, "-")}`;
}

function ruleOf(id: string) {
  const [kind = ""] = id.split("/");
  return { id, shortDescription: { text: `${KINDS[kind] ?? kind}: ${id.slice(kind.length + 1)}` } };
}

function resultOf({ model, ruleId, level, text, at }: Finding, ids: readonly string[], cwd: string) {
  const { name, license } = model;
  const subject = license?.repo ?? name;
  const logical = { logicalLocations: [{ name, fullyQualifiedName: license?.ref ?? name, kind: "resource" }] };
  const physical = at && {
    physicalLocation: { artifactLocation: locationOf(at.file, cwd), region: { startLine: at.line } },
  };
  const { repo, commit, id, spdx, class: licenseClass, decision } = license ?? {};
  return {
    ruleId,
    ruleIndex: ids.indexOf(ruleId),
    level,
    message: { text: plain(`${name}: ${text}`) },
    locations: [{ ...physical, ...logical }],
    partialFingerprints: { "oslmLicense/v1": hashOf([ruleId, subject, id ?? ""]) },
    properties: { model: name, repo, commit, license: id, spdx, class: licenseClass, decision },
  };
}

/** Relative to the working directory, for files in it. */
function locationOf(file: string, cwd: string) {
  const short = relative(cwd, file);
  if (short.startsWith("..") || isAbsolute(short)) return { uri: pathToFileURL(file).href };
  return { uri: short.split(sep).map(encodeURIComponent).join("/"), uriBaseId: "%SRCROOT%" };
}

/** Brackets make links of what they enclose, and braces places for arguments (3.11.5 and 3.11.6 of the standard). */
function plain(text: string): string {
  return sanitizeLine(text)
    .replace(/[\\[\]]/g, "\\$&")
    .replace(/[{}]/g, "$&$&");
}

function hashOf(parts: readonly string[]): string {
  return createHash("sha256").update(parts.join("\n")).digest("hex");
}
