// Where a configuration says that more names of models are: the `catalog:` of an oslm.yaml or a policy file.
import { dirname, resolve } from "node:path";
import { OslmError } from "../errors.js";
import type { Located, NamedFile } from "../model/located.js";
import { isSha256, type Sha256 } from "../model/types.js";

/** `path` is absolute. */
export type CatalogPlace =
  | { readonly kind: "file"; readonly path: string; readonly shown: string }
  | { readonly kind: "url"; readonly url: string; readonly sha256: Sha256 };

const MAX_TEXT = 500;

/**
 * Undefined where the file names none. A path is relative to the file that names it.
 * @throws OslmError bad-policy with line, column and key
 */
export function readCatalogPlace(document: Located, source: NamedFile): CatalogPlace | undefined {
  const node = document.kind === "map" ? document.entries.find(({ key }) => key === "catalog")?.value : undefined;
  if (node === undefined) return undefined;
  const fail = ({ line, column }: Located, key: string, problem: string): OslmError =>
    new OslmError("bad-policy", { ...source, line, column, key, problem });
  const text = (one: Located, key: string, what: string): string => {
    const value = one.kind === "value" ? one.value : undefined;
    if (typeof value === "string" && value.length <= MAX_TEXT && value !== "" && !value.includes("\0")) return value;
    throw fail(one, key, `it must be ${what}`);
  };
  if (node.kind !== "map") {
    const shown = text(node, "catalog", "a file, or url and sha256 of one");
    if (/^https?:/i.test(shown)) throw fail(node, "catalog", "an address needs url and sha256, each by its name");
    return { kind: "file", path: resolve(dirname(source.file), shown), shown };
  }
  const stranger = node.entries.find(({ key }) => key !== "url" && key !== "sha256");
  if (stranger) throw fail(stranger.value, `catalog.${stranger.key}`, "there may be url and sha256 here, nothing else");
  const part = (name: string) => node.entries.find(({ key }) => key === name)?.value;
  const [address, hash] = [part("url"), part("sha256")];
  if (address === undefined || hash === undefined) throw fail(node, "catalog", "it needs both url and sha256");
  const url = text(address, "catalog.url", "an https address");
  if (!isSafe(url)) throw fail(address, "catalog.url", "it must be an https address");
  const sha256 = text(hash, "catalog.sha256", "64 hexadecimal digits");
  if (!isSha256(sha256)) throw fail(hash, "catalog.sha256", "it must be 64 hexadecimal digits, in lower case");
  return { kind: "url", url, sha256 };
}

/** Plain http stays on this machine. */
function isSafe(text: string): boolean {
  const url = URL.canParse(text) ? new URL(text) : undefined;
  const isHere = ["127.0.0.1", "[::1]", "localhost"].includes(url?.hostname ?? "");
  return url?.protocol === "https:" || (url?.protocol === "http:" && isHere);
}
