// Every error as a person reads it: what failed, the fact behind it, what to type next; and its exit code.
import { styleText } from "node:util";
import { type ErrorCode, type ErrorFacts, type NetworkFailure, OslmError } from "../errors.js";
import { nearestQuant, nearestSize } from "../model/nearest.js";
import { quoted } from "../model/quoted.js";
import { bringBack } from "../store/bring-back.js";
import { formatBytes } from "../ui/format.js";
import { countTokens } from "../ui/format-tokens.js";
import { sanitizeLine } from "../ui/sanitize.js";
import { wrap } from "../ui/wrap.js";
import type { ExitCode } from "./exit-codes.js";
import { nearPath } from "./near-path.js";

export interface Report {
  readonly exitCode: ExitCode;
  readonly code: string;
  /** What failed. */
  readonly message: string;
  /** The fact behind it. */
  readonly detail: string;
  /** A command that can be pasted, or what to do. */
  readonly hint: string;
  readonly facts: unknown;
}

type Entry<C extends ErrorCode> = (facts: ErrorFacts[C]) => readonly [ExitCode, string, string, string];

const list = (items: readonly string[], limit = 12): string =>
  items.slice(0, limit).join(", ") + (items.length > limit ? `, and ${items.length - limit} more` : "");

const oneOf = (items: readonly string[], fallback: string): string =>
  items[0] === undefined ? fallback : `Did you mean ${items.slice(0, 3).join(", ")}?`;

const NO_FILE = "The server answered that there is none.";

const isAddress = (ref: string): boolean => /^https?:/.test(ref);

/** Which of the four it is, and the page where a person can change it. */
const GATED: Record<ErrorFacts["gated"]["state"], readonly [fact: string, hint: (url: string) => string]> = {
  "sign-in": [
    "The Hub wants to know who asks, and no token was sent.",
    (url) => `open ${url}, accept its terms, then run   oslm auth login`,
  ],
  "not-listed": [
    "The account of this token is not on the list of those who were given access.",
    (url) => `open ${url} with that account and ask for access, then run the same command again`,
  ],
  pending: [
    "The account's request for access awaits a review by the authors.",
    (url) => `open ${url} to see its state; run the same command again once it is granted`,
  ],
  "token-scope": [
    "This fine-grained token lacks the permission to read public gated repositories.",
    (url) =>
      `open ${new URL("/settings/tokens", url).href}, add that permission to the token, then run the same command again`,
  ],
};

const NETWORK_HINTS: Record<NetworkFailure, string> = {
  "certificate-untrusted": "set NODE_EXTRA_CA_CERTS to the file with your network's root certificate (PEM)",
  "certificate-expired": "check the clock of this machine; else the server's owner has to renew it",
  "certificate-for-another-host": "check HF_ENDPOINT and any proxy in between",
  proxy: "check HTTPS_PROXY, HTTP_PROXY, ALL_PROXY and NO_PROXY; a password goes in as http://user:password@host:port",
  "name-not-found": "check HF_ENDPOINT and the connection; behind a proxy set HTTPS_PROXY",
  refused: "check HF_ENDPOINT, the connection and any firewall, then run the same command again",
};

const networkHint = (kind: NetworkFailure | undefined): string =>
  kind === undefined ? "check the connection, then run the same command again" : NETWORK_HINTS[kind];

const namedHere = ({ namedIn, path }: { readonly namedIn?: string; readonly path?: string }): string =>
  namedIn === undefined ? "" : ` (${namedIn} names it${path === undefined ? "" : `, it is ${path}`})`;

const capitalized = (text: string): string => text.charAt(0).toUpperCase() + text.slice(1);

const ENDED_BY = { SIGINT: 130, SIGTERM: 143, SIGHUP: 129 } as const;

const REPORTS: { readonly [C in ErrorCode]: Entry<C> } = {
  usage: (f) => [2, f.problem, f.detail ?? "The command line was not understood.", f.help ?? "oslm --help"],
  "invalid-reference": (f) => [
    2,
    `"${f.input}" is not a model reference`,
    f.reason,
    "oslm pull qwen2   or   oslm pull org/repo:Q4_K_M",
  ],
  "bad-policy": (f) => [
    2,
    `the policy in ${f.shown} cannot be used, and nothing passes until it can`,
    f.line === 0
      ? `${f.problem[0]?.toUpperCase()}${f.problem.slice(1)}.`
      : `Line ${f.line}, column ${f.column}${f.key === "" ? "" : `, ${f.key}`}: ${f.problem}.`,
    policyHint(f),
  ],
  "bad-catalog": (f) => [
    2,
    `the catalog ${f.file} cannot be used`,
    `${f.at === "" ? capitalized(f.problem) : `At ${f.at}: ${f.problem}`}${namedHere(f)}.`,
    `correct it by docs/catalog.md, or take \`catalog\` out of ${f.namedIn ?? "the configuration that names it"}`,
  ],
  "catalog-changed": (f) => [
    8,
    `${f.url} is not the catalog that ${f.namedIn} names`,
    `The file has changed, or the sha256 in ${f.namedIn} is old: it says ${f.expected}, the file has ${f.actual}.`,
    `see that the file is the right one, then write its sha256 into ${f.namedIn}`,
  ],
  "bad-schema": (f) => [
    2,
    `${f.file} is not a usable JSON Schema`,
    `${f.at === "" ? "" : `At ${f.at}: `}${f.problem}.`,
    "docs/running.md says which keywords guide the answer, and which only check it",
  ],
  "bad-image": (f) => [
    f.is === "malformed" ? 8 : 2,
    `${f.file} cannot be read as an image`,
    `${capitalized(f.reason)}.`,
    f.is === "too-large"
      ? "make it smaller; the model sees some hundred pixels a side"
      : "save it again as PNG or JPEG",
  ],
  "image-prompt-too-long": (f) => [
    2,
    `the images and the prompt take ${f.tokens} tokens, the context has ${f.ctx}`,
    "An image takes hundreds of tokens, whatever its size in pixels.",
    `fewer images, or --ctx ${f.needed}`,
  ],
  "bad-grammar": (f) => [
    2,
    `${f.file} is not a usable GBNF grammar`,
    `${f.line === 0 ? "" : `Line ${f.line}, column ${f.column}: `}${f.problem}.`,
    "https://github.com/ggml-org/llama.cpp/blob/master/grammars/README.md explains the language",
  ],
  "not-interactive": (f) => [
    2,
    `nobody can be asked: ${f.question}`,
    "There is no terminal, or --no-input or CI is set.",
    f.instead,
  ],

  "unknown-model": (f) => [
    3,
    `no model is known by the name "${f.name}"`,
    oneOf(f.suggestions, "It is not in the catalog, and a Hub repository has the form org/name."),
    f.suggestions[0] === undefined
      ? `oslm search ${f.name}   (what the Hub has; any repository can be pulled)`
      : `oslm ${f.verb ?? "pull"} ${f.suggestions[0]}`,
  ],
  "unknown-size": (f) => [
    3,
    `${f.name} has no size "${f.size}"`,
    `Its sizes are ${list(f.sizes)}${f.elsewhere.length === 0 ? "" : `; other versions have it: ${list(f.elsewhere)}`}.`,
    `oslm ${f.verb ?? "pull"} ${f.name}:${nearestSize(f.size, [f.usual, ...f.sizes]) ?? ""}`,
  ],
  "repo-not-found": (f) => [
    3,
    `${f.repo} was not found on ${f.endpoint}`,
    f.signedIn
      ? "It does not exist, or this account may not see it."
      : "It does not exist, or it is private and no token was sent.",
    f.signedIn
      ? "check the spelling, or the token's account"
      : "check the spelling; for a private one run   oslm auth login",
  ],
  "revision-not-found": (f) => [
    3,
    `${f.repo} has no revision "${f.revision}"`,
    "There is no branch, tag or commit of that name.",
    `oslm pull ${f.repo}@main`,
  ],
  "file-not-in-repo": (f) => [
    3,
    `${f.repo} has no file "${f.path}"`,
    f.files === undefined
      ? NO_FILE
      : f.files.length > 0
        ? `Its GGUF files: ${list(f.files)}.`
        : "It has no GGUF files.",
    f.files?.[0] === undefined ? `check https://huggingface.co/${f.repo}` : `oslm pull ${f.repo}/${f.files[0]}`,
  ],
  "quant-not-found": (f) => [
    3,
    `${f.repo} has no quantization ${f.quant}`,
    `It offers ${list(f.available)}.`,
    quantHint(f),
  ],
  "no-gguf": (f) => [
    3,
    `${f.repo} has no GGUF file`,
    f.isAdapter
      ? "It holds a LoRA adapter, which oslm convert takes from a folder."
      : f.formats.length > 0
        ? `It holds ${list(f.formats)}; nothing of that can be converted: it takes config.json with model.safetensors or pytorch_model.bin.`
        : "It holds no model weights.",
    f.isAdapter
      ? `hf download ${f.repo} --local-dir adapter   (then: oslm convert ./adapter)`
      : "look for a GGUF repository of the same model, often named like it with -GGUF",
  ],
  "file-not-found": (f) => [
    3,
    `there is no file ${f.path}`,
    isAddress(f.path) ? NO_FILE : "The path does not exist, or it is not a file.",
    isAddress(f.path) ? "look on the publisher's page for the address that is valid now" : (f.instead ?? "oslm list"),
  ],
  "not-stored": (f) => [
    3,
    `${f.ref} is not on this disk`,
    oneOf(f.suggestions, "No stored model has that name."),
    f.suggestions[0] !== undefined || f.nowhere
      ? "oslm list"
      : `oslm pull ${f.ref}${isAddress(f.ref) ? " --sha256 HEX" : ""}`,
  ],
  "no-chat": (f) => [
    3,
    f.ref === undefined ? `no conversation is saved as ${quoted(f.name)}` : `no conversation with ${f.ref} is saved`,
    f.ref === undefined ? oneOf(f.suggestions, "No saved one has that name.") : "There is none to go on with.",
    f.ref === undefined ? "oslm chat MODEL, then /load   (it lists the saved ones)" : `oslm chat ${quoted(f.ref)}`,
  ],
  "not-elsewhere": (f) => [
    3,
    `${f.id} is not among what other programs have stored here`,
    oneOf(f.suggestions, "No such model was found, or it is known to oslm already."),
    "oslm import   (lists them)",
  ],

  gated: (f) => [4, `${f.repo} needs you to accept its terms on the Hub`, GATED[f.state][0], GATED[f.state][1](f.url)],
  "not-signed-in": (f) => [
    4,
    `not signed in to ${f.endpoint}`,
    `Neither HF_TOKEN nor ${f.file} holds a token.`,
    "oslm auth login",
  ],
  "bad-token": (f) => [
    4,
    `${f.endpoint} does not accept the token`,
    `The token from ${f.source} is wrong or has expired.`,
    /^H[A-Z_]+$/.test(f.source)
      ? `set ${f.source} to a token from ${f.endpoint}/settings/tokens, or unset it for public models`
      : `oslm auth login   (tokens are made at ${f.endpoint}/settings/tokens)`,
  ],
  forbidden: (f) => [4, `access to ${f.url} is refused`, f.reason, "check the repository's page for the reason"],

  "license-not-accepted": (f) => [
    5,
    `${f.ref} has a license that you must accept first: ${f.title}`,
    `${f.reasons.join(" ")} Read it at ${f.url}`,
    f.instead,
  ],
  "license-denied": (f) => [
    5,
    `the license of ${f.ref} is denied by policy: ${f.title}`,
    f.reasons.join(" "),
    f.file === undefined
      ? "choose another model, or change the policy"
      : `choose another model, or have an exception for it written into ${nearPath(f.file, process.cwd())}`,
  ],

  "pack-incomplete": (f) => [
    10,
    `nothing was written: ${f.ref} may not be passed on without what is missing`,
    `Missing: ${list(
      f.missing.map(({ text }) => text),
      6,
    )}.`,
    `${f.instead}   (writes the rest, and says in it what is missing)`,
  ],
  "folder-in-use": (f) => [
    2,
    `cannot make the folder ${f.path}`,
    `It ${f.reason}; what is there is left alone.`,
    "name a folder that does not exist yet, or an empty one",
  ],

  "does-not-fit": (f) => [
    6,
    f.engine === undefined
      ? `${f.ref} does not fit: ${f.quant} with a context of ${countTokens(f.ctx)} needs ${formatBytes(f.need)}`
      : `the memory ran out while ${f.ref} was loaded: ${f.quant} with a context of ${countTokens(f.ctx)} takes about ${formatBytes(f.need)}`,
    `Usable for it are ${formatBytes(f.have)} of ${f.device}.${f.engine === undefined ? "" : ` The engine says: ${f.engine}`}`,
    f.ways.length > 0 ? f.ways.join("   or   ") : "oslm recommend   (what fits here)",
  ],
  "linked-folder": (f) =>
    f.target === null
      ? [
          2,
          `${f.path} is not a folder`,
          "A folder of the store has to be there.",
          "move it away, or set HF_HUB_CACHE to another folder",
        ]
      : [
          2,
          `${f.path} is a link, and oslm follows none out of its folders`,
          `It leads to ${f.target}.`,
          `${bringBack({ path: f.path, target: f.target })}   (or move the whole cache there, and set HF_HUB_CACHE to it)`,
        ],
  "disk-full": (f) => [
    6,
    `not enough free disk: ${formatBytes(f.need)} needed, ${formatBytes(f.have)} free`,
    `${f.output ? "The result goes to" : "The models are stored in"} ${f.path}.`,
    `oslm list, then oslm rm what you no longer need; or ${f.output ? "name a file on another disk with -o" : "set HF_HUB_CACHE to another disk"}`,
  ],

  network: (f) => [7, `${f.url} cannot be reached`, `${capitalized(f.reason)}.`, networkHint(f.kind)],
  "rate-limited": (f) => [
    7,
    `${f.url} refuses more requests for now`,
    f.retryAfterSeconds === null ? "The limit of requests was reached." : `It allows more in ${f.retryAfterSeconds} s.`,
    "wait; with a token (oslm auth login) the limit is higher",
  ],
  "hub-failed": (f) => [
    7,
    `${f.url} failed with status ${f.status}`,
    f.detail || (f.status === 404 || f.status === 410 ? NO_FILE : "The server did not say why."),
    "run the same command again later",
  ],
  offline: (f) => [
    7,
    `${f.wanted} is not on this disk, and oslm is offline`,
    "--offline, HF_HUB_OFFLINE or TRANSFORMERS_OFFLINE forbids every request.",
    "run the same command once without it",
  ],

  "newer-index": (f) => [
    8,
    "the list of models was written by a newer oslm",
    `${f.path} has version ${f.version}; this oslm knows version ${f.known} and leaves it as it is.`,
    "use the newer oslm again, or set OSLM_HOME to another folder",
  ],
  "store-damaged": (f) => [
    8,
    `something is wrong with the store: ${f.problems.length} ${f.problems.length === 1 ? "problem" : "problems"}`,
    `${capitalized(list(f.problems, 3))}.`,
    f.instead,
  ],
  "checksum-mismatch": (f) => [
    8,
    `${f.file} arrived damaged`,
    `sha256 expected ${f.expected}, got ${f.actual}. No wrong byte is kept.`,
    "run the same command again",
  ],
  "size-mismatch": (f) => [
    8,
    `${f.file} arrived with the wrong size`,
    `${f.expected} bytes expected, got ${f.actual}. No wrong byte is kept.`,
    "run the same command again",
  ],
  "file-changed": (f) => [
    8,
    `${f.name} is not the file any more that was imported`,
    `${f.path} ${f.reason}.`,
    `oslm import ${quoted(f.path)} --name ${f.name}   to take it as it is now`,
  ],
  disturbed: (f) => [
    8,
    `the download of ${f.file} was disturbed`,
    `${f.path} ${f.reason}.`,
    "run the same command again",
  ],
  "not-intact": (f) => [
    8,
    f.checked === 1
      ? "the file is not whole"
      : `${f.wrong.length} of ${f.checked} files ${f.wrong.length === 1 ? "is" : "are"} not whole`,
    `${list(
      f.wrong.map(({ model, file, state }) => `${state}: ${file} of ${model}`),
      3,
    )}.`,
    f.instead,
  ],
  "malformed-gguf": (f) => [
    8,
    `${f.file} is not a usable GGUF file`,
    f.reason,
    f.instead ?? "check where the file comes from, or pull it again",
  ],
  "malformed-checkpoint": (f) => [
    8,
    f.file === "the checkpoint" ? "the checkpoint is not usable" : `${f.file} is not part of a usable checkpoint`,
    `${capitalized(f.reason)}.`,
    f.instead ?? "check where the checkpoint comes from, or download it again",
  ],
  "bad-imatrix": (f) => [
    8,
    `${f.file} is not a usable importance matrix`,
    `${capitalized(f.reason)}.`,
    "check where the file comes from; llama-imatrix makes them, in GGUF or in its older format",
  ],
  "bad-chat": (f) => [
    8,
    `the saved conversation in ${f.path} cannot be read`,
    `${capitalized(f.reason)}.`,
    "mend it or move it away; or begin another with   --session NAME",
  ],
  "receipt-edited": (f) => [
    8,
    `${f.file} was changed after it was written`,
    `Its answer has the sha256 ${f.actual}, and outputSha256 says ${f.expected || "nothing"}.`,
    'oslm run MODEL "prompt" --receipt FILE   writes one anew',
  ],
  "unsafe-name": (f) => [
    8,
    `the repository lists a file with an unsafe name: ${JSON.stringify(f.name)}`,
    f.reason,
    "do not use this file; tell the owner of the repository",
  ],
  "card-too-large": (f) => [
    8,
    `the model card of ${f.repo} is larger than ${formatBytes(f.limit)}`,
    "oslm reads no longer ones.",
    `read it at ${f.url}`,
  ],
  "malformed-reply": (f) => [
    8,
    `${f.url} gave an answer that makes no sense`,
    `${capitalized(f.reason)}.`,
    "check HF_ENDPOINT and any proxy in between",
  ],

  outdated: (f) => [
    10,
    `${f.models.length} of ${f.checked} ${f.checked === 1 ? "model" : "models"} changed on the Hub`,
    `${list(f.models)}.`,
    f.instead,
  ],

  "replay-differs": (f) => [
    10,
    `the answer differs from character ${f.character} of the ${f.in} on`,
    `It was ${JSON.stringify(f.was)}, it is ${JSON.stringify(f.is)}.`,
    f.facts.length === 0
      ? "nothing that the receipt knows has changed; is it another processor?"
      : `the same ${list(
          f.facts.map(({ fact, was, is }) => `${fact} again (it was ${was}, it is ${is})`),
          4,
        )}`,
  ],

  "no-backend": (f) => [
    9,
    `no llama.cpp library runs on this machine (${f.platform})`,
    f.reason,
    "install oslm again with its optional packages: npm ci --include=optional   (prebuilt: Linux with glibc 2.34+, macOS, Windows; not Alpine)",
  ],
  "no-image-part": (f) => [
    9,
    "images take a part of oslm that is installed besides",
    f.reason,
    f.install ?? `oslm doctor   (there is no build of it for ${f.platform}; text works without it)`,
  ],
  "no-gpu": (f) => [
    9,
    `no GPU library of llama.cpp runs on this machine (${f.platform})`,
    "The GPU was found, but CUDA, Metal or Vulkan could not be started for it.",
    "check the driver, or add --vram 0 to run on the CPU",
  ],
  "out-of-memory": (f) => [
    6,
    `the memory ran out while ${f.file} was loaded`,
    f.reason,
    "close other programs, or run again with a smaller --ctx",
  ],
  "load-failed": (f) => [
    9,
    `${f.file} could not be loaded`,
    f.reason,
    "oslm verify   (are the stored files whole?), or try another quantization",
  ],
  "unknown-architecture": (f) => [
    9,
    `${f.file} has an architecture that the engine does not know: ${JSON.stringify(f.architecture.slice(0, 60))}`,
    `${f.engine} was built before it, or has left it out; a newer oslm may bring one that knows it. Nothing of the weights was read.`,
    `oslm recommend   (models that it knows)${f.force === null ? "" : `   or   ${f.force}`}`,
  ],
  "no-port": (f) => [
    9,
    `oslm cannot run ${f.name}`,
    `${f.why}. Nothing was asked for.`,
    `oslm run ${f.instead}   (the nearest that runs)`,
  ],
  "unsupported-checkpoint": (f) => [
    9,
    `oslm cannot convert ${f.what}`,
    f.why ?? (f.known.length > 0 ? `It knows ${f.known.join(", ")}.` : "Nothing of the weights was read."),
    f.instead ?? "look for a GGUF repository of the same model, often named like it with -GGUF",
  ],
  "no-quantizer": (f) => [
    9,
    `nothing can be quantized on this machine (${f.platform})`,
    `The llama.cpp library that comes with oslm is not the one it was made for, or does not start: ${f.reason}.`,
    "install oslm again with its optional packages: npm ci --include=optional",
  ],
  "quantize-failed": (f) => [
    9,
    `${f.file} could not be quantized`,
    `llama.cpp says: ${f.reason}`,
    "oslm verify   (is the file whole?), or try another type",
  ],
  "needs-imatrix": (f) => [
    2,
    `${f.quant} needs an importance matrix`,
    `Without one for ${f.tensor} the result would be garbage.`,
    f.instead,
  ],
  "already-quantized": (f) => [
    2,
    `${f.file} is quantized already`,
    `Its weights are of ${f.type}. What was lost then is not had again: from F16, BF16 or F32 the result is better.`,
    f.instead,
  ],
  "generation-failed": (f) => [9, "the engine failed while generating", f.reason, "run again with a smaller --ctx"],
  "bad-result": (f) => [
    9,
    `the answer does not satisfy ${f.wanted}`,
    `${f.at === "" ? "" : `At ${f.at}: `}${f.problem}.`,
    f.help,
  ],
  "bad-template": (f) => [
    9,
    `the chat template of ${f.file} cannot be used`,
    f.reason,
    "choose another conversion of this model",
  ],
  "bad-line": (f) => [
    2,
    `line ${f.line} is no prompt`,
    `${capitalized(f.reason)}.`,
    '{"id":"1","prompt":"..."}   one to a line',
  ],
  "batch-failed": (f) => [
    9,
    `${f.failed} of ${f.total} prompts have no answer`,
    `The first is that of line ${f.first.line}: ${f.first.message}.`,
    f.output === "-"
      ? 'look for "status":"error" in the results'
      : `look for "status":"error" in ${f.output}; the same command tries those again`,
  ],
  "cannot-do": (f) => [9, f.what, f.reason, f.instead],
  "wrong-adapter": (f) => [
    2,
    `${f.file} is no adapter for ${f.model}`,
    f.reason,
    "the base model that the adapter's card names, or leave --lora out",
  ],
  "wrong-draft": (f) => [
    2,
    `${f.draft} cannot guess for this model`,
    f.reason,
    "a smaller size of the same family as --draft, or --lookup, which needs none",
  ],
  "text-too-long": (f) => [
    2,
    `text ${f.line} has ${f.tokens} tokens, ${f.tokens - f.ctx} more than the ${f.ctx} that can be embedded`,
    "Nothing is cut silently.",
    `add --truncate to cut it, or --ctx ${f.tokens} where the model was made for that`,
  ],
  "prompt-too-long": (f) => [
    2,
    `the prompt has ${f.about ? "about " : ""}${f.tokens} tokens, but the context holds ${f.ctx}: ${f.over} too many`,
    `Nothing is cut silently.${f.trained !== null && f.needed > f.trained ? ` The model was made for ${f.trained} tokens at most.` : ""}`,
    f.fits && (f.trained === null || f.needed <= f.trained)
      ? `add --ctx ${f.needed}, or --truncate to leave out the middle of files and piped text`
      : `add --truncate to leave out the middle of files and piped text, or shorten the prompt${f.fits ? `, or risk --ctx ${f.needed}` : ""}`,
  ],

  "nothing-to-cut": (f) => [
    2,
    `nothing is left to cut: what stays whole has ${f.kept} tokens, and the context holds ${f.ctx}`,
    `The argument, the system prompt and the chat template stay whole; of the context ${f.room} tokens are for the answer.`,
    `raise --ctx, or shorten the argument or the system prompt${f.kept < f.ctx ? ", or ask for a shorter answer with -n" : ""}`,
  ],

  interrupted: (f) => [
    ENDED_BY[f.signal],
    "stopped",
    f.keptBytes ? `${formatBytes(f.keptBytes)} kept; run the same command to continue.` : "",
    "",
  ],
  declined: (f) => [130, "declined", f.question, ""],
};

/** Refusals of the operating system that a person can lift, by their code. */
const REFUSALS: Readonly<Record<string, readonly [ExitCode, string, string]>> = {
  EACCES: [
    2,
    "You may not read or write it.",
    "check its permissions, or set HF_HUB_CACHE and OSLM_HOME to other folders",
  ],
  EPERM: [
    2,
    "The system does not permit it.",
    "check its permissions, or set HF_HUB_CACHE and OSLM_HOME to other folders",
  ],
  EROFS: [2, "The disk is read-only.", "set HF_HUB_CACHE and OSLM_HOME to folders on another disk"],
  ENOTDIR: [2, "A file stands where a folder is needed.", "check HF_HUB_CACHE, HF_HOME and OSLM_HOME"],
  EISDIR: [2, "A folder stands where a file is needed.", "move it out of the way"],
  ELOOP: [2, "Links lead in a circle there.", "check HF_HUB_CACHE, HF_HOME and OSLM_HOME"],
  ENOSPC: [6, "The disk is full.", "oslm list, then oslm rm what you no longer need"],
  EFBIG: [
    6,
    "The disk, or a limit, takes no file of that size.",
    "ulimit -f   (a limit); or another disk: with -o, or with HF_HUB_CACHE for what is pulled",
  ],
  EDQUOT: [6, "The disk quota is used up.", "oslm list, then oslm rm what you no longer need"],
};

/** Where a folder cannot be made the system has many words for it; below /proc it says that nothing is there. */
const NO_FOLDER = [
  2,
  "No folder can be made there.",
  "name another folder, or check HF_HUB_CACHE and OSLM_HOME",
] as const;

function systemReport(error: unknown): Report | undefined {
  const { code = "", path = "a file", syscall } = error instanceof Error ? (error as NodeJS.ErrnoException) : {};
  const noFolder = code === "EEXIST" ? REFUSALS.ENOTDIR : NO_FOLDER;
  const refusal = REFUSALS[code] ?? (syscall === "mkdir" ? noFolder : undefined);
  if (refusal === undefined) return undefined;
  const [exitCode, detail, hint] = refusal;
  return { exitCode, code: "system", message: `cannot use ${path}`, detail, hint, facts: { path, code } };
}

/** The report of any thrown value. What is not an OslmError is a bug and says so. */
export function reportOf(error: unknown): Report {
  if (error instanceof OslmError) {
    const entry = REPORTS[error.code as ErrorCode] as (facts: unknown) => ReturnType<Entry<ErrorCode>>;
    const [exitCode, message, detail, hint] = entry(error.facts);
    return { exitCode, code: error.code, message, detail, hint, facts: error.facts };
  }
  const system = systemReport(error);
  if (system) return system;
  return {
    exitCode: 1,
    code: "unexpected",
    message: "something failed that should not have",
    detail: error instanceof Error ? `${error.name}: ${error.message}` : String(error),
    hint: "run again with --verbose and report the output",
    facts: {},
  };
}

/**
 * Three lines: what failed; the fact behind it; `Try:`. Empty ones are left out.
 * @param width of a terminal, where the first two are wrapped; what is to be pasted stays whole
 * @param color whether the first word of the first and of the last stand out
 */
export function reportText(report: Report, width = Number.POSITIVE_INFINITY, color = false): string {
  const lead = (style: "red" | "cyan", word: string) =>
    color ? styleText([style, "bold"], word, { validateStream: false }) : word;
  const message = wrap(sanitizeLine(`oslm: ${report.message}`), width, "  ");
  const lines = [lead("red", "oslm:") + message.slice("oslm:".length)];
  if (report.detail !== "") lines.push(wrap(sanitizeLine(`  ${report.detail}`), width, "  "));
  if (report.hint !== "") lines.push(`${lead("cyan", "Try:")} ${sanitizeLine(report.hint)}`);
  return `${lines.join("\n")}\n`;
}

/** The same for programs, on one line. */
export function reportJson({ code, message, detail, hint, exitCode, facts }: Report): string {
  return `${JSON.stringify({ error: { code, message, detail, hint, exitCode, facts } })}\n`;
}

function policyHint({ line, shown, suggestion }: ErrorFacts["bad-policy"]): string {
  if (line === 0) return `check ${shown}; docs/policy.md has an example`;
  if (suggestion === undefined) return `correct line ${line} of ${shown}; docs/policy.md has an example`;
  return `write ${suggestion} there, in line ${line} of ${shown}`;
}

function quantHint({ repo, quant, available, verb = "pull" }: ErrorFacts["quant-not-found"]): string {
  const nearest = nearestQuant(quant, available);
  return nearest === undefined ? "oslm search   (finds other repositories)" : `oslm ${verb} ${repo}:${nearest}`;
}
