// The files that an address on a web server means: one, or all parts of a split model.
import { OslmError } from "../../errors.js";
import { parseFileName } from "../../gguf/file-name.js";
import { isSha256, type Sha256, type StoredModel } from "../../model/types.js";
import { checkOwnName } from "../../store/own-files.js";

export interface WebFile {
  readonly url: string;
  /** Safe as a file's name. */
  readonly name: string;
  readonly sha256: Sha256;
}

/** More parts than any model has; their number stands in a stranger's file name. */
const MAX_PARTS = 1000;

/** @throws OslmError usage without one sha256 for each file, unsafe-name */
export function webFiles(url: string, sha256: readonly string[]): readonly [WebFile, ...WebFile[]] {
  const name = fileNameOf(url);
  checkOwnName(name);
  const { shard } = parseFileName(name);
  const count = shard?.count ?? 1;
  if (count > MAX_PARTS) throw new OslmError("unsafe-name", { name, reason: `claims to be one of ${count} parts` });
  if (shard && shard.index !== 1) {
    const first = partOf(url, 1);
    throw new OslmError("usage", {
      problem: `${name} is part ${shard.index} of ${count}`,
      detail: "The first part stands for all of them.",
      help: command(first, count),
    });
  }
  const hashes = sha256.map((text) => text.toLowerCase().replace(/^sha256:/, ""));
  if (hashes.length !== count) throw missingHashes(url, count, hashes.length);
  const files = hashes.map((hash, index) => {
    if (!isSha256(hash)) throw badHash(hash);
    const part = shard ? partOf(url, index + 1) : url;
    return { url: part, name: fileNameOf(part), sha256: hash };
  });
  const [first, ...rest] = files;
  if (first === undefined) throw new Error("a model has at least one file");
  return [first, ...rest];
}

/** The address as it may be stored and shown: a query is a signature that expires, unless the file's name stands in it. */
export function plainUrl(url: string): string {
  const { origin, pathname } = new URL(url);
  return /\.gguf$/i.test(decode(pathname)) ? origin + pathname : url;
}

/** Whether that was pulled from an address. */
export function isFromWeb({ repo, ref }: Pick<StoredModel, "repo" | "ref">): boolean {
  return repo === null && /^https?:\/\//.test(ref);
}

/** `parseRef` lets no address pass that names no .gguf file. */
function fileNameOf(url: string): string {
  const { pathname, searchParams } = new URL(url);
  const names = [decode(pathname), ...searchParams.values()].filter((name) => /\.gguf$/i.test(name));
  const path = names[0] ?? "";
  return path.slice(path.lastIndexOf("/") + 1);
}

/** Empty for what is not UTF-8. */
function decode(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    return "";
  }
}

function partOf(url: string, index: number): string {
  return url.replace(/-\d{5}(?=-of-\d{5}\.gguf)/i, `-${String(index).padStart(5, "0")}`);
}

function command(url: string, count: number): string {
  const shown = /[^\w./:@%+=,~-]/.test(url) ? `"${url}"` : url;
  return [`oslm pull ${shown}`, ...Array.from({ length: count }, () => "--sha256 HEX")].join(" ");
}

function missingHashes(url: string, count: number, given: number): OslmError<"usage"> {
  const alone =
    "A plain web server does not tell what a file must be, so nothing could be verified; the publisher's page does.";
  const parts = `The model has ${count} parts, and each needs one, in their order; ${given} were given.`;
  return new OslmError("usage", {
    problem: count === 1 && given === 0 ? "the sha256 of the file is needed" : "the number of --sha256 is wrong",
    detail: count > 1 ? parts : given === 0 ? alone : "The address names one file.",
    help: `${command(plainUrl(url), count)}   or download it yourself, then oslm import FILE`,
  });
}

function badHash(text: string): OslmError<"usage"> {
  return new OslmError("usage", {
    problem: `"${text}" is no sha256`,
    detail: "It has 64 hexadecimal digits.",
    help: "sha256sum FILE prints it where the file is",
  });
}
