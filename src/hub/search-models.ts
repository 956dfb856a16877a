// The Hub's search for models that have GGUF files, page by page.
import { OslmError } from "../errors.js";
import { createApiFetch } from "./api-fetch.js";
import { decodeHit, type ModelHit } from "./decode-hit.js";
import type { Hub } from "./hub.js";
import { shownUrl } from "./network-error.js";

export interface ModelSearch {
  /** Looked for in the names; "" finds all. */
  readonly words: string;
  /** A person or organization. */
  readonly author?: string | undefined;
  /** Most, or latest, first. */
  readonly sort: "downloads" | "likes" | "updated";
  /** What the model is for, by the Hub's own labels. */
  readonly task?: SearchTask | undefined;
  /** Only models that ask for consent on their page, or only the others. */
  readonly gated?: boolean | undefined;
  /** At most so many on a page. */
  readonly pageSize: number;
}

export type SearchTask = "chat" | "text" | "code" | "vision" | "embedding";

export interface SearchPage {
  readonly hits: readonly ModelHit[];
  /** False when the Hub has more. */
  readonly isLast: boolean;
}

const SORTS: Readonly<Record<ModelSearch["sort"], string>> = {
  downloads: "downloads",
  likes: "likes",
  updated: "lastModified",
};
/** In one request, so one label each: the pipeline where there is one, else a tag that publishers give (the Hub's own, for chat). */
const LABELS: Readonly<Record<SearchTask, readonly [param: "pipeline_tag" | "filter", label: string]>> = {
  chat: ["filter", "conversational"],
  text: ["pipeline_tag", "text-generation"],
  code: ["filter", "code"],
  vision: ["pipeline_tag", "image-text-to-text"],
  embedding: ["filter", "feature-extraction"],
};
const FIELDS = [
  ...["cardData", "tags", "gated", "downloads", "likes", "lastModified"],
  // What the Hub has read of the files, and their names: for sizes.
  ...["gguf", "safetensors", "siblings", "pipeline_tag"],
];

/**
 * A request for each page that is taken. What the Hub lists without a usable name is left out.
 * @throws OslmError network, rate-limited, forbidden, bad-token, hub-failed, malformed-reply, offline
 */
export async function* searchModels(
  { http, retry }: Pick<Hub, "http" | "retry">,
  { words, author, sort, task, gated, pageSize }: ModelSearch,
  signal?: AbortSignal,
): AsyncGenerator<SearchPage, void> {
  const url = new URL(`${http.endpoint}/api/models`);
  const query = new URLSearchParams({ filter: "gguf", sort: SORTS[sort], direction: "-1", limit: String(pageSize) });
  if (words !== "") query.set("search", words);
  if (author !== undefined) query.set("author", author);
  if (task !== undefined) query.append(...LABELS[task]);
  if (gated !== undefined) query.set("gated", String(gated));
  for (const field of FIELDS) query.append("expand", field);
  const fetch = createApiFetch(http, { asked: { repo: "" }, signal, retry });
  for (let next: string | undefined = `?${query}`; next !== undefined; ) {
    url.search = next;
    const reply = await fetch(url.href);
    const entries: unknown = await reply.json();
    next = nextQuery(url.href, reply.headers.get("link"));
    yield { hits: Array.isArray(entries) ? entries.flatMap(decodeHit) : [], isLast: next === undefined };
  }
}

/** Of the next page only the query counts: mirrors pass on links to the Hub that they copy. */
function nextQuery(url: string, link: string | null): string | undefined {
  const next = /<([^>]*)>\s*;\s*rel="?next"?/.exec(link ?? "")?.[1];
  if (next === undefined) return undefined;
  if (!URL.canParse(next, url)) {
    throw new OslmError("malformed-reply", { url: shownUrl(url), reason: "the next page has no address" });
  }
  return new URL(next, url).search;
}
