// Every way in which oslm can fail on purpose. An error carries facts; the sentence, the hint and the exit code are
// in cli/report.ts, whose table the compiler keeps complete.
import type { Bytes, PolicyRuleRef } from "./model/types.js";

/**
 * Failures below HTTP that a person has to do something about. Bad certificates and proxies never pass by themselves; a
 * server that is not found or refuses connections may come back.
 */
export type NetworkFailure =
  | "certificate-untrusted"
  | "certificate-expired"
  | "certificate-for-another-host"
  | "proxy"
  | "name-not-found"
  | "refused";

/** The command that was asked; a pull unless given. */
export type Verb = "catalog" | "fit" | "pull" | "run" | "show";

export interface ErrorFacts {
  // Usage
  usage: { problem: string; detail?: string; help?: string };
  "invalid-reference": { input: string; reason: string };
  /** A license policy or oslm.yaml that cannot be used: nothing passes then. */
  "bad-policy": {
    /** Absolute path. */
    file: string;
    /** The path as messages show it. */
    shown: string;
    /** From 1; both 0 where the file could not be read at all. */
    line: number;
    column: number;
    /** Where in the file, as `license.deny`; empty where the file could not be read that far. */
    key: string;
    problem: string;
    /** What may have been meant. */
    suggestion?: string;
  };
  /** A catalog that a configuration names; `at` is a JSON pointer into it, empty for the whole. */
  "bad-catalog": { file: string; at: string; problem: string; namedIn?: string; path?: string };
  /** A catalog at an address is not the one whose sha256 stands in a configuration. */
  "catalog-changed": { url: string; namedIn: string; expected: string; actual: string };
  "not-interactive": { question: string /** The command that needs no answer. */; instead: string };
  /** A JSON Schema that cannot be used; `at` is a JSON pointer into it, empty for the whole. */
  "bad-schema": { file: string; at: string; problem: string };
  /** An image that is not read: of another kind, larger than the bounds, or damaged; `reason` reads like `it is cut off`. */
  "bad-image": { file: string; is: "unreadable" | "too-large" | "malformed"; reason: string };
  /** A prompt whose images take most of the context; `needed` would hold it with an answer. */
  "image-prompt-too-long": { tokens: number; ctx: number; needed: number };
  /** A GBNF grammar that cannot be used; line and column count from 1 and are 0 where the place is not known. */
  "bad-grammar": { file: string; line: number; column: number; problem: string };
  // Not found
  "unknown-model": { name: string; suggestions: readonly string[]; verb?: Verb };
  "unknown-size": {
    name: string;
    size: string;
    sizes: readonly string[];
    /** What the bare name gives. */
    usual: string;
    /** Other versions of the family that have it. */
    elsewhere: readonly string[];
    verb?: Verb;
  };
  "repo-not-found": { repo: string; endpoint: string; signedIn: boolean };
  "revision-not-found": { repo: string; revision: string };
  "file-not-in-repo": {
    repo: string;
    path: string /** Those it has, where they are known. */;
    files?: readonly string[];
  };
  "quant-not-found": { repo: string; quant: string; available: readonly string[]; verb?: Verb };
  "no-gguf": { repo: string; formats: readonly string[] /** One that PEFT saved. */; isAdapter?: boolean };
  /** `instead`: what helps in place of a list of the models. */
  "file-not-found": { path: string; instead?: string };
  /** `nowhere`: a pull would not find it either. */
  "not-stored": { ref: string; suggestions: readonly string[]; nowhere?: boolean };
  /** Saved conversations; `ref` where the latest with a model was asked for. */
  "no-chat": { name: string; suggestions: readonly string[]; ref?: string };
  "not-elsewhere": { id: string; suggestions: readonly string[] };
  // Access
  gated: { repo: string; url: string; state: "sign-in" | "not-listed" | "pending" | "token-scope" };
  "not-signed-in": { endpoint: string /** Where a token would be kept. */; file: string };
  "bad-token": { endpoint: string; source: string };
  forbidden: { url: string; reason: string };
  // License
  "license-not-accepted": {
    ref: string;
    id: string;
    title: string;
    class: string;
    reasons: readonly string[];
    /** Where a person can read it. */
    url: string;
    /** The command that accepts it. */
    instead: string;
  } & Partial<PolicyRuleRef>;
  "license-denied": {
    ref: string;
    id: string;
    title: string;
    class: string;
    reasons: readonly string[];
  } & Partial<PolicyRuleRef>;
  /** What a license does not let a model be passed on without. */
  "pack-incomplete": {
    ref: string;
    missing: readonly { readonly id: string; readonly text: string }[];
    /** The command that writes the folder all the same. */
    instead: string;
  };
  /** A folder that is to be made, where something is already; `reason` reads like `is not empty`. */
  "folder-in-use": { path: string; reason: string };
  // Fit
  "does-not-fit": {
    ref: string;
    need: Bytes;
    have: Bytes;
    device: string;
    ctx: number;
    quant: string;
    /** The lever that would make it fit, as a command. */
    instead: string | null;
    /** The nearest ways out, that one first, three at most; then `--force` where it may succeed. */
    ways: readonly string[];
    /** What the engine said when it could not get its memory; not given where the load was not begun. */
    engine?: string;
  };
  /** A folder of the cache or of oslm's own that is a link, or no folder at all: then `target` is null. */
  "linked-folder": { path: string; target: string | null };
  /** `path` is the folder; `output` where a file was asked to be there, not the store. */
  "disk-full": { path: string; need: Bytes; have: Bytes; output?: true };
  // Network
  network: { url: string; reason: string /** Not given for what may pass by itself. */; kind?: NetworkFailure };
  "rate-limited": { url: string; retryAfterSeconds: number | null };
  "hub-failed": { url: string; status: number; detail: string; retryAfterSeconds?: number };
  offline: { wanted: string };
  // Integrity
  /** oslm's list of models, as a later version of oslm wrote it. */
  "newer-index": { path: string; version: number; known: number };
  /** What `oslm doctor` found. */
  "store-damaged": { problems: readonly string[]; instead: string };
  "checksum-mismatch": { file: string; expected: string; actual: string };
  "size-mismatch": { file: string; expected: Bytes; actual: Bytes };
  /** Somebody took away the partial file of a running download. */
  disturbed: { file: string; path: string; reason: string };
  /** A file that oslm only refers to. */
  "file-changed": { name: string; path: string; reason: string };
  /** Stored files that are damaged or missing, of so many that were read. */
  "not-intact": {
    wrong: readonly { readonly model: string; readonly file: string; readonly state: string }[];
    checked: number;
    /** The command that helps. */
    instead: string;
  };
  "malformed-gguf": {
    file: string;
    reason: string /** The command that shows what else there is. */;
    instead?: string;
  };
  /** A checkpoint that cannot be converted as it is; `file` within its folder. */
  "malformed-checkpoint": { file: string; reason: string /** What helps, where that is known. */; instead?: string };
  "bad-imatrix": { file: string; reason: string };
  "unsafe-name": { name: string; reason: string };
  /** `limit`: bytes, where it is longer than that. */
  "malformed-reply": { url: string; reason: string; limit?: number };
  /** A model card of more bytes than that; `url` is where a person can read it. */
  "card-too-large": { repo: string; limit: number; url: string };
  /** A saved conversation; `reason` reads like `it is cut off`. */
  "bad-chat": { path: string; reason: string };
  /** A receipt whose answer is not the one that its hash is of. */
  "receipt-edited": { file: string; expected: string; actual: string };
  // Gates
  /** Stored models that differ from the Hub, of so many that were compared. */
  outdated: { models: readonly string[]; checked: number /** The command that helps. */; instead: string };
  /** An answer that did not come again; `character` counts from 1 in the thinking or the text. */
  "replay-differs": {
    in: "thinking" | "text";
    character: number;
    was: string;
    is: string;
    facts: readonly { readonly fact: string; readonly was: string; readonly is: string }[];
  };
  // Runtime
  "no-backend": { platform: string; reason: string };
  /** What reads images is installed besides; `install` is the command, null where there is none for this machine. */
  "no-image-part": { platform: string; reason: string; install: string | null };
  /** A GPU was planned for, but no GPU library runs with it; a load without one may work. */
  "no-gpu": { platform: string };
  /** The engine could not get the memory that the plan promised it. */
  "out-of-memory": { file: string; reason: string };
  "load-failed": { file: string; reason: string };
  /** What `general.architecture` of the file says, and whose list it is not on. */
  "unknown-architecture": {
    file: string;
    architecture: string;
    engine: string;
    /** The command that goes on all the same; null where there is none. */
    force: string | null;
  };
  /** What a checkpoint has that the converter does not know: `what` reads like `the architecture XForCausalLM`. */
  "unsupported-checkpoint": {
    what: string;
    known: readonly string[];
    /** Where more is known: why, and the command for the nearest that runs. */
    why?: string;
    instead?: string;
  };
  "generation-failed": { reason: string };
  /** The library that comes with the engine cannot be asked to quantize, or not by this oslm. */
  "no-quantizer": { platform: string; reason: string };
  "quantize-failed": { file: string; reason: string };
  /** Types that small need an importance matrix; `tensor` is one that would get such a type. */
  "needs-imatrix": { quant: string; tensor: string; instead: string };
  /** What loses twice is done only when asked for. */
  "already-quantized": { file: string; type: string; instead: string };
  /** An answer that is not what --format, --schema or --grammar ask for; `at` is a JSON pointer into it. */
  "bad-result": {
    wanted: string;
    at: string;
    problem: string;
    /** The answer, or its beginning. */
    text: string;
    help: string;
  };
  "bad-template": { file: string; reason: string };
  /** A line of a batch's input. */
  "bad-line": { line: number; reason: string };
  /** Prompts of a batch that have no answer, of so many. */
  "batch-failed": {
    failed: number;
    total: number;
    first: { readonly line: number; readonly message: string };
    output: string;
  };
  /** A model of the catalog that nothing here can run: half a sentence on why, and the nearest that runs. */
  "no-port": { name: string; why: string; instead: string };
  /** The model was not made for it; `what` reads like `cannot fill in the middle of a text`. */
  "cannot-do": { what: string; reason: string /** What helps. */; instead: string };
  /** An adapter that was made for another model. */
  "wrong-adapter": { file: string; model: string; reason: string };
  /** A draft model whose tokens are not those of the model it is to guess for. */
  "wrong-draft": { draft: string; reason: string };
  /** One of the texts to embed, by its number from 1. */
  "text-too-long": { line: number; tokens: number; ctx: number };
  "prompt-too-long": {
    tokens: number;
    /** Whether that is an estimate. */
    about: boolean;
    ctx: number;
    /** So many too many: at least one token of an answer has to fit as well. */
    over: number;
    /** The context that would hold it with an answer. */
    needed: number;
    /** Whether this machine has the memory for that. */
    fits: boolean;
    /** The longest context that the model was made for, where its header says it. */
    trained: number | null;
  };
  /** What --truncate may not leave out is too much already. */
  "nothing-to-cut": { kept: number; ctx: number /** Kept for the answer. */; room: number };
  // A person's choice
  interrupted: { signal: "SIGINT" | "SIGTERM" | "SIGHUP"; keptBytes?: Bytes };
  declined: { question: string };
}

export type ErrorCode = keyof ErrorFacts;

/** The one error type of oslm. `message` is for logs only: people read what cli/report.ts makes of the facts. */
export class OslmError<C extends ErrorCode = ErrorCode> extends Error {
  override readonly name = "OslmError";
  constructor(
    readonly code: C,
    readonly facts: ErrorFacts[C],
    options?: { cause?: unknown },
  ) {
    super(`${code} ${JSON.stringify(facts)}`, options);
  }
}

/** True for an OslmError, of the given code when one is given. */
export function isOslmError<C extends ErrorCode>(error: unknown, code?: C): error is OslmError<C> {
  return error instanceof OslmError && (code === undefined || error.code === code);
}
