// What is known of how models were made (training-facts.json): whether the code that trained them and what they learned from
// are open. Only what was read in a source; what is merely said of a model is left out, and so unknown.
import { createRequire } from "node:module";
import type { ModelCard, OpennessFact } from "../model/types.js";
import type { Ancestor } from "./evidence.js";

type Training = Exclude<OpennessFact["component"], "weights">;

export interface TrainingEntry {
  /** Of the publishers' own organizations, where nobody else can upload; what ends in `-` is how several names begin. */
  readonly repos: readonly string[];
  readonly facts: Readonly<Partial<Record<Training, "yes" | "no">>>;
  readonly confidence: "high" | "medium";
  readonly source: string;
}

const COMPONENTS: readonly Training[] = ["training-code", "data-information", "training-data"];

/** Of the embedded model: data and script are a part of oslm. */
export const DEMO_TRAINING: readonly OpennessFact[] = COMPONENTS.map((component) => ({
  component,
  open: "yes",
  source: "oslm, scripts/demo-model",
}));

/** All entries, in the order of the file. */
export function listTrainingFacts(): readonly TrainingEntry[] {
  return createRequire(import.meta.url)("./training-facts.json");
}

/**
 * One fact for each component. A quantization is the same work, so what is known of the model it was made from holds for it;
 * a finetune has learned from something else besides.
 */
export function trainingFacts(model: {
  readonly repo?: string;
  readonly card: ModelCard;
  readonly ancestors: readonly Ancestor[];
}): readonly OpennessFact[] {
  const origin = originOf(model);
  const entry = origin === undefined ? undefined : entryOf(origin);
  return COMPONENTS.map((component) => {
    const open = entry?.facts[component];
    if (!entry || !open) return { component, open: "unknown", source: "not known to oslm" };
    const sure = entry.confidence === "high" ? "" : ", not certain";
    const through = origin === model.repo ? "" : `, on ${origin}, of which the card says that this is a quantization`;
    return { component, open, source: `${entry.source}${through}${sure}` };
  });
}

/** The known model that this one is, or is a quantization of. */
function originOf({ repo, card, ancestors }: Parameters<typeof trainingFacts>[0]): string | undefined {
  let [name, itsCard] = [repo, card];
  // Each step goes to another ancestor, and cards may lead in a circle.
  for (let step = 0; name !== undefined && step <= ancestors.length; step++) {
    if (entryOf(name)) return name;
    const [base, ...others] = itsCard.baseModels;
    if (itsCard.baseRelation !== "quantized" || base === undefined || others.length > 0) return undefined;
    const parent = ancestors.find((one) => one.repo.toLowerCase() === base.toLowerCase());
    if (parent === undefined || "gap" in parent) return undefined;
    name = parent.repo;
    itsCard = parent.card;
  }
  return undefined;
}

function entryOf(repo: string): TrainingEntry | undefined {
  const name = repo.toLowerCase();
  const isOf = (known: string): boolean => (known.endsWith("-") ? name.startsWith(known) : name === known);
  return listTrainingFacts().find(({ repos }) => repos.some((known) => isOf(known.toLowerCase())));
}
