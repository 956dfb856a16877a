// The Hub's search: which repositories it lists, and in which order.
import { modelJson } from "./api.js";
import { refuseLook } from "./refusal.js";
import type { StoredRepo } from "./repo.js";

const SORTED_BY = ["downloads", "likes", "lastModified"];

/** All entries, for all pages. Every word has to be part of the id, and every `filter` one of the tags. */
export function searchJson(repos: readonly StoredRepo[], query: URLSearchParams, signedIn: boolean): unknown[] {
  const words = (query.get("search") ?? "").toLowerCase().split(" ");
  const tags = query.getAll("filter");
  const author = query.get("author");
  const [task, gated] = [query.get("pipeline_tag"), query.get("gated")];
  const sort = SORTED_BY.find((field) => field === query.get("sort")) ?? "downloads";
  const models = repos
    .filter((stored) => refuseLook(stored, signedIn) === undefined)
    .flatMap((stored) => {
      const main = stored.find("main");
      return main === undefined ? [] : [{ whole: modelJson(stored, main, new URLSearchParams()), stored, main }];
    })
    .filter(({ whole }) => words.every((word) => String(whole.id).toLowerCase().includes(word)))
    .filter(({ whole }) => author === null || whole.author === author)
    .filter(({ whole }) => task === null || whole.pipeline_tag === task)
    .filter(({ whole }) => gated === null || (whole.gated !== false) === (gated === "true"))
    .filter(({ whole }) => tags.every((tag) => Array.isArray(whole.tags) && whole.tags.includes(tag)));
  const rank = (value: unknown): number => (typeof value === "string" ? Date.parse(value) : Number(value));
  return models
    .sort((one, other) => rank(other.whole[sort]) - rank(one.whole[sort]))
    .map(({ stored, main }) => modelJson(stored, main, query));
}
