// The catalogs that configurations name beside ours: files, and files on the web that are fetched once and kept.
import { createHash } from "node:crypto";
import { readFile, stat } from "node:fs/promises";
import { join } from "node:path";
import type { Overlay } from "../../catalog/catalog.js";
import { type CatalogPlace, readCatalogPlace } from "../../config/catalog-place.js";
import { isOslmError, OslmError } from "../../errors.js";
import type { Hub } from "../../hub/hub.js";
import { shownUrl } from "../../hub/network-error.js";
import { replyError } from "../../hub/reply-error.js";
import { SmallFile } from "../../store/small-file.js";
import { readOslmYaml } from "../license/load-policy.js";
import { MAX_CATALOG, readOverlay } from "./read-overlay.js";

export interface OverlayPlaces {
  /** Configuration files in order of precedence: what a later one names wins. */
  readonly paths: readonly string[];
  /** For the names in messages. */
  readonly cwd: string;
  /** Where those of the web are kept. */
  readonly folder: string;
  readonly hub: () => Promise<Pick<Hub, "http" | "retry">>;
  readonly signal: AbortSignal;
  /** No request: what was not fetched before is left out. */
  readonly kept: boolean;
}

/** @throws OslmError bad-policy, bad-catalog, catalog-changed, offline, network and the like */
export async function loadOverlays(places: OverlayPlaces): Promise<readonly Overlay[]> {
  const overlays: Overlay[] = [];
  for (const path of places.paths) {
    const { document, source } = await readOslmYaml(path, places.cwd);
    const place = readCatalogPlace(document, source);
    const overlay = place && (await readAt(place, source.shown, places).catch(sayWhere(place, source.shown)));
    if (overlay !== undefined) overlays.push(overlay);
  }
  return overlays;
}

/** Undefined for what was not fetched before, where nothing may be. */
async function readAt(place: CatalogPlace, namedIn: string, places: OverlayPlaces): Promise<Overlay | undefined> {
  if (place.kind === "file") return readOverlay(await fileText(place), place.shown);
  const text = await webText(place, namedIn, places);
  return text === undefined ? undefined : readOverlay(text, shownUrl(place.url));
}

/** Whoever reads of a broken catalog has to find it, and the line that names it. */
function sayWhere(place: CatalogPlace, namedIn: string) {
  return (error: unknown): never => {
    const path = place.kind === "file" && place.path !== place.shown ? { path: place.path } : {};
    if (isOslmError(error, "bad-catalog")) {
      throw new OslmError("bad-catalog", { ...error.facts, namedIn, ...path }, { cause: error });
    }
    // Too much, or going in circles: the address is at fault, not the Hub's.
    if (isOslmError(error, "malformed-reply") && place.kind === "url") {
      const facts = {
        file: shownUrl(place.url),
        at: "",
        problem: `the server's answer ${error.facts.reason}`,
        namedIn,
      };
      throw new OslmError("bad-catalog", facts, { cause: error });
    }
    throw error;
  };
}

async function fileText({ path, shown }: Extract<CatalogPlace, { kind: "file" }>): Promise<string> {
  const fail = (problem: string, cause?: unknown): OslmError =>
    new OslmError("bad-catalog", { file: shown, at: "", problem }, { cause });
  try {
    const info = await stat(path);
    // Looked at first: a pipe would be waited for.
    if (!info.isFile()) throw fail("it is not a file");
    if (info.size > MAX_CATALOG) throw fail(`it is larger than ${MAX_CATALOG} bytes`);
    return utf8(await readFile(path), fail);
  } catch (error) {
    if (error instanceof OslmError) throw error;
    const code = error instanceof Error && "code" in error ? error.code : undefined;
    throw fail(code === "ENOENT" ? "there is no such file" : `it cannot be read (${String(code)})`, error);
  }
}

/** What is kept is believed by its hash alone. */
async function webText(
  place: Extract<CatalogPlace, { kind: "url" }>,
  namedIn: string,
  places: OverlayPlaces,
): Promise<string | undefined> {
  const kept = new SmallFile(join(places.folder, `${place.sha256}.json`), MAX_CATALOG);
  const known = await kept.read();
  if (hashOf(known) === place.sha256) return known;
  if (places.kept) return undefined;
  const { http, retry } = await places.hub();
  const { url } = place;
  const bytes = await retry(async () => {
    const reply = await http.send({ url, signal: places.signal, redirects: "anywhere" });
    if (reply.status === 404) {
      await reply.discard();
      throw new OslmError("file-not-found", { path: shownUrl(url) });
    }
    if (!reply.ok) throw await replyError(http, reply, { repo: "", path: shownUrl(url) });
    return reply.bytes(MAX_CATALOG);
  }, places.signal);
  const actual = hashOf(bytes);
  if (actual !== place.sha256) {
    throw new OslmError("catalog-changed", { url: shownUrl(url), namedIn, expected: place.sha256, actual });
  }
  const text = utf8(bytes, (problem) => new OslmError("bad-catalog", { file: shownUrl(url), at: "", problem }));
  // What cannot be kept is fetched again.
  await kept.replace(text).catch(() => undefined);
  return text;
}

function hashOf(content: string | Uint8Array): string {
  return createHash("sha256").update(content).digest("hex");
}

function utf8(bytes: Uint8Array, fail: (problem: string) => OslmError): string {
  try {
    return new TextDecoder("utf-8", { fatal: true, ignoreBOM: true }).decode(bytes);
  } catch {
    throw fail("it is not UTF-8 text");
  }
}
