// From the checked YAML of a file to a policy. Nothing is guessed and nothing is skipped: a key or word that is not known
// is an error, since a rule that never matches would let things through.
import { OslmError } from "../errors.js";
import type { Located, LocatedEntry, NamedFile } from "../model/located.js";
import { suggest } from "../model/suggest.js";
import { isCommitSha, isRepoId } from "../model/types.js";
import {
  type Effect,
  type PolicyException,
  type PolicyFacts,
  type PolicyFile,
  type PolicyRule,
  type RulePlace,
  type Setting,
  USES,
} from "./policy-file.js";
import { listPolicyWords, meaningsOf } from "./policy-words.js";

/** A part of the file, and how it is called in messages. */
interface Part {
  readonly node: Located;
  readonly key: string;
}

type Parts<Key extends string> = { readonly [K in Key]?: Part };

const EFFECTS = ["allow", "review", "deny"] as const;
const SETTINGS = ["unknown", "conflict", "require_text", "facts", "exceptions"] as const;
const FACTS = ["mau", "revenue_usd", "regions", "use"] as const;
const EXCEPTION = ["repo", "commit", "reason", "approver", "expires"] as const;
/** Codes that people write for what ISO 3166 calls otherwise. */
const MISNAMED: Readonly<Record<string, string>> = { UK: "GB", EL: "GR" };
const MAX_TEXT = 500;

/** A file that only lists models, or names a catalog, has no rules. @throws OslmError bad-policy with line, column and key */
export function readPolicy(document: Located, source: NamedFile): PolicyFile {
  const at = reader(source);
  const whole = { node: document, key: "" };
  const { license, models, catalog } = at.map(whole, ["license", "models", "catalog"]);
  if ((license ?? models ?? catalog) === undefined) throw at.fail(whole, "it has no license");
  const parts = license === undefined ? {} : at.map(license, [...EFFECTS, ...SETTINGS]);
  const { unknown, conflict, require_text: text } = parts;
  return {
    rules: EFFECTS.flatMap((effect) => {
      const list = parts[effect];
      return list === undefined ? [] : at.list(list).flatMap((word) => rulesOf(at, word, effect));
    }),
    ...(unknown && { unknown: at.oneOf<Effect>(unknown, EFFECTS) }),
    ...(conflict && { conflict: at.oneOf<Effect>(conflict, EFFECTS) }),
    ...(text && { requireText: at.oneOf<boolean | "warn">(text, [true, "warn", false]) }),
    facts: parts.facts === undefined ? {} : factsOf(at, parts.facts),
    exceptions: parts.exceptions === undefined ? [] : at.list(parts.exceptions).map((part) => exceptionOf(at, part)),
  };
}

type Reader = ReturnType<typeof reader>;

/** Checks of shape; each gives the value, or throws with the place. */
function reader(source: NamedFile) {
  const placeOf = ({ node }: Part): RulePlace => ({ ...source, line: node.line });
  const fail = ({ node, key }: Part, problem: string, suggestion?: string): OslmError =>
    new OslmError("bad-policy", {
      ...source,
      line: node.line,
      column: node.column,
      key,
      problem,
      ...(suggestion !== undefined && { suggestion }),
    });
  const set = <Value>(part: Part, value: Value): Setting<Value> => ({ value, at: placeOf(part) });
  const checkKey = (part: Part, entry: LocatedEntry, allowed: readonly string[]): void => {
    if (allowed.includes(entry.key)) return;
    const [near] = suggest(entry.key, allowed, 1);
    const problem = `there is no key ${JSON.stringify(entry.key)} here; there may be ${allowed.join(", ")}`;
    throw fail({ node: { ...entry.value, ...place(entry) }, key: joined(part.key, entry.key) }, problem, near);
  };
  return {
    fail,
    placeOf,
    set,
    map<Key extends string, Needed extends Key = never>(
      part: Part,
      allowed: readonly Key[],
      needed: readonly Needed[] = [],
    ): Parts<Key> & { readonly [K in Needed]: Part } {
      const { node, key } = part;
      if (node.kind !== "map") throw fail(part, `it must hold keys: ${allowed.join(", ")}`);
      for (const entry of node.entries) checkKey(part, entry, allowed);
      const parts = Object.fromEntries(
        node.entries.map((entry) => [entry.key, { node: entry.value, key: joined(key, entry.key) }]),
      );
      const missing = needed.find((name) => parts[name] === undefined);
      if (missing !== undefined) throw fail(part, `it has no ${missing}`);
      return parts as Parts<Key> & { readonly [K in Needed]: Part };
    },
    list(part: Part): readonly Part[] {
      if (part.node.kind !== "list") throw fail(part, "it must be a list");
      return part.node.items.map((node, index) => ({ node, key: `${part.key}[${index}]` }));
    },
    text(part: Part, what: string, isRight: (text: string) => boolean): string {
      const { node } = part;
      const value = node.kind === "value" ? node.value : undefined;
      if (typeof value === "string" && value.length <= MAX_TEXT && isRight(value)) return value;
      throw fail(part, `it must be ${what}`);
    },
    oneOf<Value extends string | boolean>(part: Part, values: readonly Value[]): Setting<Value> {
      const { node } = part;
      const found = values.find((value) => node.kind === "value" && node.value === value);
      if (found !== undefined) return set(part, found);
      const words = values.map(String);
      const [near] = node.kind === "value" ? suggest(String(node.value), words, 1) : [];
      throw fail(part, `it must be one of ${words.join(", ")}`, near);
    },
    amount(part: Part): Setting<number> {
      const { node } = part;
      const value = node.kind === "value" ? node.value : undefined;
      if (typeof value === "number" && Number.isSafeInteger(value) && value >= 0) return set(part, value);
      throw fail(part, "it must be a whole number, in digits only");
    },
  };
}

function rulesOf(at: Reader, part: Part, effect: Effect): PolicyRule[] {
  const { node } = part;
  const word = node.kind === "value" && typeof node.value === "string" ? node.value : "";
  const meanings = meaningsOf(word);
  if (meanings.length > 0) return meanings.map((meaning) => ({ ...meaning, effect, at: at.placeOf(part) }));
  const problem = `${JSON.stringify(word)} is no license id, class or condition that oslm knows; id:NAME names any other id`;
  throw at.fail(part, problem, suggest(word.replace(/^\w+:/, ""), listPolicyWords(), 1)[0]);
}

function factsOf(at: Reader, part: Part): PolicyFacts {
  const { mau, revenue_usd, regions, use } = at.map(part, FACTS);
  return {
    ...(mau && { mau: at.amount(mau) }),
    ...(revenue_usd && { revenue_usd: at.amount(revenue_usd) }),
    ...(regions && {
      regions: at.set(
        regions,
        at.list(regions).map((region) => regionOf(at, region)),
      ),
    }),
    ...(use && {
      use: at.set(
        use,
        usesOf(at, use).map((one) => at.oneOf(one, USES).value),
      ),
    }),
  };
}

function usesOf(at: Reader, use: Part): readonly Part[] {
  if (use.node.kind !== "list") return [use];
  if (use.node.items.length === 0) throw at.fail(use, `it must name at least one of ${USES.join(", ")}`);
  return at.list(use);
}

function regionOf(at: Reader, part: Part): string {
  const code = at.text(part, "a country code of two capital letters, or EU", (text) => /^[A-Z]{2}$/.test(text));
  const right = MISNAMED[code];
  if (right !== undefined) throw at.fail(part, `${code} is not the code that ISO 3166 gives`, right);
  return code;
}

function exceptionOf(at: Reader, part: Part): PolicyException {
  const { repo, commit, reason, approver, expires } = at.map(part, EXCEPTION, [
    "repo",
    "reason",
    "approver",
    "expires",
  ]);
  const filled = (text: string) => text.trim() !== "";
  return {
    at: at.placeOf(part),
    repo: at.text(repo, "a repository, as org/name", isRepoId).toLowerCase(),
    ...(commit && { commit: at.text(commit, "a commit of 40 lower-case hexadecimal digits", isCommitSha) }),
    reason: at.text(reason, `a text of at most ${MAX_TEXT} characters`, filled),
    approver: at.text(approver, `a name of at most ${MAX_TEXT} characters`, filled),
    expires: at.text(expires, "a day, as 2026-12-31", isDay),
  };
}

/** Rejects what only looks like a day: `new Date` makes March of February 30. */
function isDay(text: string): boolean {
  const time = /^\d{4}-\d{2}-\d{2}$/.test(text) ? Date.parse(`${text}T00:00:00Z`) : Number.NaN;
  return !Number.isNaN(time) && new Date(time).toISOString().startsWith(text);
}

function joined(key: string, name: string): string {
  return key === "" ? name : `${key}.${name}`;
}

function place({ line, column }: LocatedEntry) {
  return { line, column };
}
