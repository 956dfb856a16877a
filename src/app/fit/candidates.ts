// The choice among the variants of a resolved repository.
import { isOslmError, OslmError } from "../../errors.js";
import { type ChoiceWishes, type Chosen, chooseVariant, type NothingFits } from "../../fit/choose.js";
import { inReadingOrder } from "../../fit/reading-order.js";
import { asksForSpeed } from "../../fit/speed.js";
import type { Candidate } from "../../fit/weigh.js";
import { quoted } from "../../model/quoted.js";
import type { GgufVariant, Host } from "../../model/types.js";
import type { Resolved } from "../pull/resolve.js";
import type { World } from "../world.js";
import { type BrokenVariant, readShape, type Shape } from "./read-shape.js";

export interface Candidates {
  readonly candidates: readonly Candidate[];
  /** Those among them that no file can be chosen of: what is known of the others' headers does not hold for theirs. */
  readonly broken: readonly BrokenVariant[];
  readonly host: Host;
  /** The one that was asked for, by reference or flag. */
  readonly quant?: string;
  /** The file whose header was read, and what it says of itself. */
  readonly read: Shape;
}

/**
 * Reads the first kilobytes of the variant that was asked for, else of the likely pick, else of the smallest whose header makes sense:
 * all variants of a repository have the same geometry.
 * Unless one of them is here already, this touches a file of weights, so a pull comes here only after the license gate.
 * @throws OslmError quant-not-found before anything is read; malformed-gguf, unknown-architecture, gated, and what the Hub's reads throw
 */
export async function readCandidates(world: World, resolved: Resolved, wishes: ChoiceWishes): Promise<Candidates> {
  const { snapshot, variants } = resolved;
  const quant = resolved.quant ?? wishes.quant;
  const available = variants.map((variant) => variant.quant);
  if (variants.length === 0 || (quant !== undefined && !available.includes(quant))) {
    throw new OslmError("quant-not-found", { repo: snapshot.repo, quant: quant ?? "", available });
  }
  const asked = variants.filter((variant) => variant.quant === quant);
  const host = await world.host({ measured: asksForSpeed(Math.max(...variants.map(({ size }) => size))) });
  const readable = asked.length > 0 ? asked : inReadingOrder(variants, host, wishes);
  const read = await readShape(world, { snapshot, variants: readable }).catch((error) => {
    throw asked.length > 0 ? withOthers(error, resolved) : error;
  });
  const candidates = variants.map((variant) => ({ variant, geometry: read.geometry }));
  return { candidates, broken: read.broken, host, read, ...(quant === undefined ? {} : { quant }) };
}

/** The choice among those that are not broken. */
export function chooseSound(
  { candidates, broken, host, quant }: Candidates,
  wishes: ChoiceWishes,
): Chosen | NothingFits {
  const sound = candidates.filter(({ variant }) => !broken.some((one) => one.variant === variant));
  const choice = chooseVariant(sound, host, { ...wishes, ...(quant !== undefined && { quant }) });
  if (choice.kind === "no-such-quant") throw new Error("the quantization was there a moment ago");
  return choice;
}

/**
 * What is left to choose from without `variant`, whose own header is broken.
 * @throws `error` where it tells of something else, where this one was asked for, and where no other is left
 */
export function passOver(found: Candidates, resolved: Resolved, variant: GgufVariant, error: unknown): Candidates {
  if (!isOslmError(error, "malformed-gguf")) throw error;
  if (found.quant !== undefined) throw withOthers(error, resolved);
  if (found.broken.length + 1 >= found.candidates.length) throw error;
  return { ...found, broken: [...found.broken, { variant, reason: error.facts.reason }] };
}

/**
 * The candidates without those that a pull with these wishes would come upon and pass over: the first kilobytes of each pick are
 * read, where they have not been. @throws OslmError malformed-gguf of the one that was asked for, and as `readCandidates` does
 */
export async function withSoundPicks(
  world: World,
  resolved: Resolved,
  found: Candidates,
  asked: readonly ChoiceWishes[],
): Promise<Candidates> {
  const sound = new Set([found.read.name]);
  let left = found;
  for (const wishes of asked) {
    for (;;) {
      const choice = chooseSound(left, wishes);
      if (choice.kind === "nothing-fits" || sound.has(choice.variant.files[0].path)) break;
      const { variant } = choice;
      try {
        await readShape(world, { snapshot: resolved.snapshot, variants: [variant] });
        sound.add(variant.files[0].path);
      } catch (error) {
        left = passOver(left, resolved, variant, error);
      }
    }
  }
  return left;
}

/** A broken upload, with the command that shows the repository's others: pulling it again would bring the same. */
function withOthers(error: unknown, { name, variants }: Pick<Resolved, "name" | "variants">): unknown {
  if (!isOslmError(error, "malformed-gguf") || variants.length < 2) return error;
  const facts = { ...error.facts, instead: `oslm fit ${quoted(name)}` };
  return new OslmError("malformed-gguf", facts, { cause: error });
}
