// The part of a reference that names a Hub repository; the grammar is in ref.ts.
import { OslmError } from "../errors.js";
import { parseQuant } from "./quant.js";
import type { ModelRef } from "./ref.js";
import { isRepoId } from "./types.js";

type HubRef = Extract<ModelRef, { kind: "hub" }>;

/** Throws `invalid-reference`; a long input is cut, since it ends up in an error message. */
export function invalidRef(input: string, reason: string): never {
  const shown = input.length > 200 ? `${input.slice(0, 200)}…` : input;
  throw new OslmError("invalid-reference", { input: shown, reason });
}

/** Reads what may follow `hf:`; `input` is the whole text, for errors. Throws `invalid-reference`. */
export function parseHubRef(body: string, input: string): HubRef {
  const [spec = "", branch, ...more] = body.replace(/\/$/, "").split("#");
  if (more.length > 0) invalidRef(input, "it has two #");
  const [, repo = "", at, sign, rest] =
    /^([^/]*\/[^/@:]*)(?:@(refs\/[^/:]+\/[^/:]+|[^/:]*))?(?:([:/])(.*))?$/.exec(spec) ?? [];
  if (at === "") invalidRef(input, "nothing follows the @");
  if (rest === "") invalidRef(input, "nothing follows the colon");
  if (branch === "") invalidRef(input, "nothing follows the #");
  const atQuant = at === undefined ? undefined : parseQuant(at);
  const atRevision = atQuant === undefined && at !== undefined ? decodePart(at, input) : undefined;
  if (branch !== undefined && atRevision !== undefined)
    invalidRef(input, "it names two revisions, after @ and after #");
  const tag = sign === ":" && rest !== "latest" ? rest : undefined;
  const path = sign === "/" || tag?.endsWith(".gguf") ? rest : undefined;
  const tagQuant = tag === undefined || path !== undefined ? undefined : readQuant(tag, input);
  if (atQuant !== undefined && (tagQuant !== undefined || path !== undefined)) {
    invalidRef(input, `${at} is a quantization, and another one or a file follows; a branch of that name goes after #`);
  }
  return build({ repo, revision: branch ?? atRevision, quant: atQuant ?? tagQuant, path }, input);
}

/**
 * Reads what follows the Hub's host name: all of the above, or what a browser shows (/tree/REV, /blob/REV/path,
 * /resolve/REV/path, ?show_file_info=path). Throws `invalid-reference`.
 */
export function parseHubPage(body: string, input: string): HubRef {
  // The anchor of a heading on the page; only without https:// may it be a branch.
  const [address = "", query = ""] = (/^https?:/i.test(input) ? body.replace(/#.*$/, "") : body).split("?");
  const [org = "", name = "", view, ...place] = address.replace(/\/$/, "").split("/");
  const shown = new URLSearchParams(query).get("show_file_info") ?? undefined;
  if (!/^(?:tree|blob|resolve|raw)$/.test(view ?? "")) {
    return shown === undefined ? parseHubRef(address, input) : build({ repo: `${org}/${name}`, path: shown }, input);
  }
  // Parts are decoded one by one: the Hub writes the slashes of a branch as %2F.
  const parts = place.map((part) => decodePart(part, input));
  const revision = parts.splice(0, parts[0] === "refs" ? 3 : 1).join("/");
  const path = parts.length > 0 ? parts.join("/") : shown;
  return build({ repo: `${org}/${name}`, revision, path }, input);
}

function build(parts: { repo: string; revision?: string; quant?: string; path?: string }, input: string): HubRef {
  const { repo, revision, quant, path } = parts;
  const org =
    /^(?:datasets|spaces|api|docs|collections|models|papers|(?:www\.)?hf\.co|(?:www\.)?huggingface\.co)\//i.exec(repo);
  if (org) invalidRef(input, `${org[0]} holds no models on the Hub; a file or folder on this disk needs ./ in front`);
  // "--" separates org from name in the cache's folder names, so the Hub refuses it too.
  if (!isRepoId(repo) || repo.includes("--")) invalidRef(input, "a Hub repository is written org/name");
  if (revision !== undefined && !isRevision(revision)) invalidRef(input, "that cannot be a branch, tag or commit");
  if (path !== undefined) checkPath(path, input);
  return {
    kind: "hub",
    repo,
    ...(revision === undefined ? {} : { revision }),
    ...(quant === undefined ? {} : { quant }),
    ...(path === undefined ? {} : { path }),
  };
}

function readQuant(tag: string, input: string): string {
  const quant = parseQuant(tag);
  if (quant !== undefined) return quant;
  if (tag.includes("@")) invalidRef(input, "the revision comes before the quantization: org/repo@main:Q4_K_M");
  return invalidRef(input, "after the colon stands a quantization such as Q4_K_M; a revision is written @main");
}

/** A subset of git's rule for references (git check-ref-format), which all names seen on the Hub keep. */
function isRevision(text: string): boolean {
  return /^\w[\w.+-]*(?:\/\w[\w.+-]*)*$/.test(text) && text.length <= 255 && !/\.\.|\.lock$|\.$/.test(text);
}

function checkPath(path: string, input: string): void {
  const parts = path.split("/");
  if (parts.some((part) => part === "" || part === "." || part === "..")) {
    invalidRef(input, "a path inside a repository has no empty, . or .. part");
  }
  // Reserved by this grammar (# :) or by Windows, where the file has to be stored as well.
  if (/[\\#:?*"<>|\p{Cc}]/u.test(path)) invalidRef(input, 'a path inside a repository cannot hold \\ # : ? * " < > |');
  if (!/\.gguf$/i.test(path)) {
    invalidRef(input, "what follows the repository must be a .gguf file; a / in a branch is written %2F");
  }
}

function decodePart(text: string, input: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    return invalidRef(input, "its % escapes cannot be read");
  }
}
