// Card and texts of every model that a model was made from: small requests, all of one generation at the same time.
import { readRepoCard } from "../../hub/repo-card.js";
import type { Ancestor } from "../../license/evidence.js";
import { isRepoId } from "../../model/types.js";
import { withAdapterBase } from "../convert/adapter-base.js";
import type { World } from "../world.js";
import { isOneOf, type Purse, planTexts, promptText, readTexts } from "./read-texts.js";

/** Real chains have up to four links (quantization, merge, finetune, base), and merges up to a dozen parents. */
const MAX_GENERATIONS = 8;
const MAX_ANCESTORS = 24;

interface Descendant {
  readonly repo: string;
  /** As somebody has written them. */
  readonly baseModels: readonly string[];
  /** Base models that have been found before: they are not looked for again, and count. */
  readonly known?: readonly Ancestor[];
}

/** Nearest first. @throws OslmError network, rate-limited and the like; what is missing or broken becomes a gap */
export async function findAncestors(
  world: World,
  { repo, baseModels, known = [] }: Descendant,
  purse: Purse,
): Promise<readonly Ancestor[]> {
  const seen = new Set<string>([repo, ...known.map((one) => one.repo)].map((name) => name.toLowerCase()));
  const found: Ancestor[] = [];
  const fresh = (names: readonly string[]) =>
    names.filter((name) => !seen.has(name.toLowerCase()) && seen.add(name.toLowerCase()));
  let asked = fresh(baseModels);
  for (let generation = 1; asked.length > 0; generation++) {
    const room = generation > MAX_GENERATIONS ? 0 : MAX_ANCESTORS - known.length - found.length;
    const left = asked.slice(Math.max(room, 0));
    const parents = await readGeneration(world, asked.slice(0, Math.max(room, 0)), purse);
    for (const parent of parents) {
      // Renamed to one that is known already, or back to the model itself.
      if (parent.repo !== repo && ![...known, ...found].some((one) => one.repo === parent.repo)) found.push(parent);
      seen.add(parent.repo.toLowerCase());
    }
    const [first] = left;
    if (first !== undefined) return [...found, { repo: shown(first), gap: "too-many" }];
    asked = fresh(parents.flatMap((parent) => ("gap" in parent ? [] : parent.card.baseModels)));
  }
  return found;
}

/** All cards first: what is taken from the purse must not depend on which of them answers first. */
async function readGeneration(world: World, names: readonly string[], purse: Purse): Promise<readonly Ancestor[]> {
  const cards = await Promise.all(names.map((name) => readCard(world, name)));
  const told = await Promise.all(
    cards.map(async (one) => ("gap" in one ? one : { ...one, ...(await withAdapterBase(world, one, purse)) })),
  );
  const plans = told.map((one) => ("gap" in one ? one : { ...one, plan: planTexts(one, purse) }));
  return Promise.all(
    plans.map(async (one): Promise<Ancestor> => {
      if ("gap" in one) return one;
      const { repo, commit, card, plan, gatePrompt } = one;
      const texts = [...(await readTexts(world, one, plan)), ...promptText(gatePrompt)];
      return { repo, commit, card, texts, unread: [...plan.unread, ...one.unread] };
    }),
  );
}

async function readCard(world: World, name: string) {
  if (!isRepoId(name)) return { repo: shown(name), gap: "no-repository" as const };
  try {
    return await readRepoCard(await world.hub(), name, world.signal);
  } catch (error) {
    if (isOneOf(error, ["repo-not-found", "revision-not-found", "forbidden", "gated"]))
      return { repo: name, gap: "missing" as const };
    if (isOneOf(error, ["malformed-reply", "hub-failed"])) return { repo: name, gap: "unreadable" as const };
    throw error;
  }
}

/** Hostile text for a sentence. */
function shown(name: string): string {
  return name.replace(/[^\w./-]+/g, "?").slice(0, 100);
}
