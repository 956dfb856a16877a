// What a person may write to name a model.
//
//   reference := "demo"                                    the model that comes with oslm
//              | name [":" size] [("-" | ":") quant]       catalogue: qwen2  qwen2:0.5b  llama3.2:3b-q5_k_m  qwen2:q4_k_m
//              | [prefix] repo [rev] [":" quant]           Hub repository: org/repo  org/repo@main:Q8_0
//              | [prefix] repo [rev] "/" path              one file of it: org/repo@main/sub/model.gguf
//              | hub-page                                  the address of a repository, folder or file in a browser
//              | file                                      on this disk
//              | http(s)://host/…/model.gguf               any other web server
//
//   prefix    := "hf:" | "hf://" | ["https://"] ("hf.co/" | "huggingface.co/")
//   rev       := "@" branch, tag, commit or refs/pr/N; a "/" elsewhere is written %2F. "@Q4_K_M" is a quantization, as LM
//                Studio writes it. "#branch" at the end means the same, as node-llama-cpp writes it, and may be any name
//   file      := starts with ./ ../ / ~/ or a drive letter; file:///…; or has at most one folder and ends in .gguf
//
// Size and quantization are told apart by their form: a tag's longest ending that names a quantization is one. Ollama's
// tag `latest` says nothing and is dropped. A space in a catalogue name is a hyphen, as in "Llama 2". Catalogue names are case-insensitive, Hub names and files are not.
import { isOslmError } from "../errors.js";
import { invalidRef, parseHubPage, parseHubRef } from "./hub-ref.js";
import { parseQuant } from "./quant.js";
import type { RepoId } from "./types.js";

export type ModelRef =
  | { readonly kind: "catalog"; readonly name: string; readonly size?: string; readonly quant?: string }
  | {
      readonly kind: "hub";
      readonly repo: RepoId;
      readonly revision?: string;
      readonly quant?: string;
      /** A GGUF file inside the repository; excludes `quant`. */
      readonly path?: string;
    }
  /** `~` is not expanded: that takes the environment. */
  | { readonly kind: "file"; readonly path: string }
  | { readonly kind: "url"; readonly url: string }
  | { readonly kind: "demo" };

/** Linux's PATH_MAX; nothing longer can be opened. */
const MAX_LENGTH = 4096;
/** Control characters, halves of surrogate pairs, line separators, and marks that reverse the direction of writing. */
const HOSTILE = /[\p{Cc}\p{Cs}\p{Zl}\p{Zp}\u202A-\u202E\u2066-\u2069]/u;
const FILE_PATH = /^(?:\/|\.{1,2}(?:[\\/]|$)|~(?:[\\/]|$)|[A-Za-z]:[\\/]|\\\\)/;
const BARE_FILE = /^[^/]+\.gguf$/i;
/** Repositories are never called x.gguf, but some are called x.GGUF: here case matters. */
const FOLDER_FILE = /^[\w.-]+\/[^/:@#]+\.gguf$/;
const CATALOG_PART = /^[a-z0-9][a-z0-9._-]{0,63}$/;

/**
 * Reads a reference. Throws `invalid-reference`, and nothing else, for what cannot be one.
 * @param hub base URL of the Hub in use, such as a mirror's: addresses of its host are its pages, not plain files
 */
export function parseRef(text: string, { hub: endpoint }: { readonly hub?: string } = {}): ModelRef {
  if (text === "") invalidRef(text, "it is empty");
  if (text.length > MAX_LENGTH) invalidRef(text, `it is longer than ${MAX_LENGTH} characters`);
  if (HOSTILE.test(text)) invalidRef(text, "it holds control characters");
  if (isFilePath(text)) return { kind: "file", path: text };
  if (/^file:/i.test(text)) return parseFileUrl(text);
  const hub = /^(?:hf:(?:\/\/)?|((?:https?:\/\/)?(?:www\.)?(?:hf\.co|huggingface\.co))(?:\/|$))(.*)$/i.exec(text);
  if (hub) return hub[1] === undefined ? parseHubRef(hub[2] ?? "", text) : parseHubPage(hub[2] ?? "", text);
  const page = endpoint === undefined ? undefined : pageOf(text, endpoint);
  if (page !== undefined) return parseHubPage(page, text);
  if (/^https?:/i.test(text)) return parseWebUrl(text);
  const scheme = /^([a-z][a-z0-9+.-]*):\/\//i.exec(text);
  if (scheme) invalidRef(text, `${scheme[1]}:// is not supported; use a Hub repository, https:// or a file`);
  return text.includes("/") ? parseHubRef(text, text) : parseCatalogRef(text);
}

/** A name as the catalog has them, with or without a size and a quantization; undefined for any other text. */
export function parseName(text: string): Extract<ModelRef, { kind: "catalog" }> | undefined {
  try {
    const ref = parseRef(text);
    return ref.kind === "catalog" ? ref : undefined;
  } catch (error) {
    if (isOslmError(error, "invalid-reference")) return undefined;
    throw error;
  }
}

/** What follows the Hub's base URL, whose host and port count, not whether it is http or https. */
function pageOf(text: string, endpoint: string): string | undefined {
  if (!/^https?:/i.test(text) || !URL.canParse(text) || !URL.canParse(endpoint)) return undefined;
  const [{ host, pathname, username, password }, base] = [new URL(text), new URL(endpoint)];
  const folder = base.pathname.replace(/\/*$/, "/");
  if (host !== base.host || username + password !== "" || !`${pathname}/`.startsWith(folder)) return undefined;
  // From the text itself: a parsed URL has other escapes.
  const rest = /^https?:\/\/[^/?#]*\/?(.*)$/i.exec(text)?.[1] ?? "";
  return rest.slice(folder.length - 1);
}

/** The canonical spelling; `parseRef` of it gives the same reference again. */
export function formatRef(ref: ModelRef): string {
  switch (ref.kind) {
    case "demo":
      return "demo";
    case "url":
      return ref.url;
    case "file":
      return isFilePath(ref.path) ? ref.path : `./${ref.path}`;
    case "catalog": {
      const tag = [ref.size, ref.quant?.toLowerCase()].filter((part) => part !== undefined).join("-");
      return tag === "" ? ref.name : `${ref.name}:${tag}`;
    }
    case "hub": {
      // A branch called like a quantization cannot stand after "@".
      const hash = ref.revision !== undefined && parseQuant(ref.revision) !== undefined;
      const at = ref.revision === undefined || hash ? "" : `@${escapeRevision(ref.revision)}`;
      const rest = ref.path !== undefined ? `/${ref.path}` : ref.quant !== undefined ? `:${ref.quant}` : "";
      const text = `${ref.repo}${at}${rest}${hash ? `#${ref.revision}` : ""}`;
      // A repository called x.gguf would read as a file on this disk.
      return isFilePath(text) ? `hf:${text}` : text;
    }
  }
}

export function isFilePath(text: string): boolean {
  return FILE_PATH.test(text) || FOLDER_FILE.test(text) || (BARE_FILE.test(text) && !text.includes(":"));
}

function escapeRevision(revision: string): string {
  return /^refs\/[^/]+\/[^/]+$/.test(revision) ? revision : revision.replaceAll("/", "%2F");
}

function parseCatalogRef(text: string): ModelRef {
  const written = text.replace(/(?<=\S) (?=\S)/g, "-");
  if (/\s/.test(written)) invalidRef(text, "it holds spaces; a file needs ./ in front");
  const [rawName = "", tag, ...more] = written.toLowerCase().split(":");
  if (more.length > 0) invalidRef(text, "it has two colons");
  if (tag === "") invalidRef(text, "nothing follows the colon");
  const { head: name, quant: nameQuant } = splitQuant(rawName);
  const { head: size, quant: tagQuant } = splitQuant(tag ?? "");
  if (name === "demo" && text.toLowerCase() !== "demo")
    invalidRef(text, "the demo model has one size and quantization");
  if (name === "demo") return { kind: "demo" };
  if (!CATALOG_PART.test(name)) invalidRef(text, "a catalogue name has letters, digits, dots and dashes only");
  if (size !== "" && !CATALOG_PART.test(size)) invalidRef(text, "a size has letters, digits, dots and dashes only");
  if (nameQuant !== undefined && tagQuant !== undefined) invalidRef(text, "it names two quantizations");
  const quant = tagQuant ?? nameQuant;
  return {
    kind: "catalog",
    name,
    ...(size === "" || size === "latest" ? {} : { size }),
    ...(quant === undefined ? {} : { quant }),
  };
}

/** `3b-q5_k_m` -> 3b and Q5_K_M. From the left, because a label may hold a dash itself: `3b-ud-q4_k_xl`. */
function splitQuant(text: string): { head: string; quant?: string } {
  const whole = parseQuant(text);
  if (whole !== undefined) return { head: "", quant: whole };
  for (let dash = text.indexOf("-"); dash >= 0; dash = text.indexOf("-", dash + 1)) {
    const quant = parseQuant(text.slice(dash + 1));
    if (quant !== undefined) return { head: text.slice(0, dash), quant };
  }
  return { head: text };
}

function parseFileUrl(text: string): ModelRef {
  const path = /^file:\/\/(?:localhost)?(\/.*)$/i.exec(text)?.[1];
  if (path === undefined) invalidRef(text, "a file address has three slashes: file:///home/me/model.gguf");
  const decoded = decode(path);
  if (decoded === undefined || HOSTILE.test(decoded)) invalidRef(text, "its % escapes cannot be read");
  return { kind: "file", path: decoded.replace(/^\/(?=[A-Za-z]:[\\/])/, "") };
}

function parseWebUrl(text: string): ModelRef {
  if (!URL.canParse(text)) invalidRef(text, "it is not a web address");
  const url = new URL(text);
  if (url.username !== "" || url.password !== "") invalidRef(text, "an address with a password in it would be stored");
  const names = [decode(url.pathname) ?? "", ...url.searchParams.values()];
  if (!names.some((name) => /\.gguf$/i.test(name))) invalidRef(text, "the address must name a .gguf file");
  url.hash = "";
  return { kind: "url", url: url.href };
}

function decode(text: string): string | undefined {
  try {
    return decodeURIComponent(text);
  } catch {
    return undefined;
  }
}
