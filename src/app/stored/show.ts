// What is known of one model: of a local one by its file, of another by what the Hub says.
import { stat } from "node:fs/promises";
import { basename } from "node:path";
import { isOslmError, OslmError } from "../../errors.js";
import { planLoad } from "../../fit/plan-load.js";
import type { GeneralKeys } from "../../gguf/geometry.js";
import { idsIn } from "../../license/catalogue.js";
import { detectLicense } from "../../license/detect.js";
import { DEFAULT_POLICY } from "../../license/policy.js";
import { covers } from "../../license/standing.js";
import { DEMO_TRAINING } from "../../license/training-facts.js";
import { formatRef, type ModelRef } from "../../model/ref.js";
import {
  type Bytes,
  type ConvertedFrom,
  type Estimate,
  type LicenseSighting,
  type Openness,
  originOf,
  type StoredModel,
} from "../../model/types.js";
import { skillsOf } from "../../runtime/template/skills.js";
import { judgeHeader } from "../license/file-license.js";
import { judgeStored } from "../license/judge-repo.js";
import { givenByOf } from "../names/given-by.js";
import type { RemoteModel } from "../names/show-remote.js";
import { strangeness } from "../pull/check-architecture.js";
import { soundProjector } from "../pull/find-projector.js";
import { refuseUnported } from "../pull/refuse-unported.js";
import { chatTemplateOf } from "../run/chat-template.js";
import { findLocal, type LocalModel } from "../run/local-model.js";
import { readModel } from "../run/read-model.js";
import { templateFault } from "../run/template-fault.js";
import type { World } from "../world.js";
import { notStored } from "./find-stored.js";

export interface ShownModel {
  readonly name: string;
  /** Whether its files are here. */
  readonly stored: true;
  /** Whose catalog has the name that was asked for; null for oslm's own, and for what is no such name. */
  readonly givenBy: string | null;
  readonly repo: string | null;
  readonly commit: string | null;
  /** Where it was made here: what of; null for other models. */
  readonly converted: ConvertedFrom | null;
  readonly architecture: string;
  /** Why the engine cannot load it; null where nothing is known against it. */
  readonly obstacle: string | null;
  readonly parameters: number;
  readonly quant: string;
  /** Of its files, as `list` gives it. */
  readonly size: Bytes;
  readonly ctxTrain: number;
  readonly chatTemplate: boolean;
  /** The format known for this model, where its file has no template: `vicuna`. */
  readonly knownTemplate: string | null;
  /** Texts that end an answer in that format. */
  readonly stop: readonly string[];
  /** Why the file's template gives no prompt; null where it does, and for known formats. */
  readonly templateError: string | null;
  /** Whether its template writes tools for function calling, and knows thinking before the answer. */
  readonly tools: boolean;
  readonly thinking: boolean;
  /** What turns images into what it reads; null for a model that reads texts only, or without its projector. */
  readonly images: ShownImages | null;
  readonly license: StoredModel["license"] | null;
  /** Where the license was seen: in oslm's record of the pull, in the file's header. */
  readonly licenseEvidence: readonly LicenseSighting[];
  /** What the header says that the model was made from; free text. */
  readonly baseModels: readonly string[];
  readonly openness: Openness;
  readonly estimate: Estimate;
  readonly fits: boolean;
  readonly path: string;
  readonly files: readonly string[];
}

export interface ShownImages {
  readonly projector: string;
  readonly kind: string;
  readonly weights: Bytes;
  /** Of the context, for each image; null where that depends on the image. */
  readonly tokens: number | null;
}

/** @throws OslmError not-stored, file-not-found, malformed-gguf, and for what is not here as `showRemote` does */
export async function showModel(world: World, ref: ModelRef): Promise<ShownModel | RemoteModel> {
  const model = await findLocal(world, ref);
  if (model !== undefined) return showLocal(world, model, givenByOf(ref));
  refuseUnported(ref);
  if (ref.kind !== "catalog" && ref.kind !== "hub") throw await notStored(world, formatRef(ref));
  try {
    if (!world.offline) return await (await import("../names/show-remote.js")).showRemote(world, ref);
    (await import("../pull/resolve.js")).target(ref);
  } catch (error) {
    if (isOslmError(error, "unknown-model")) throw await unknownName(world, ref, error);
    if (isOslmError(error, "unknown-size")) throw new OslmError("unknown-size", { ...error.facts, verb: "show" });
    throw error;
  }
  throw await notStored(world, formatRef(ref));
}

/** A stored model with nearly that name is the likelier one. */
async function unknownName(world: World, ref: ModelRef, { facts }: OslmError<"unknown-model">): Promise<OslmError> {
  const near = await notStored(world, formatRef(ref));
  return near.facts.suggestions.length > 0 ? near : new OslmError("unknown-model", { ...facts, verb: "show" });
}

async function showLocal(world: World, model: LocalModel, givenBy: string | null): Promise<ShownModel> {
  const { geometry, weights, parameters } = await readModel(model);
  const template = chatTemplateOf(model, geometry);
  const obstacle = strangeness(geometry);
  const plan = planLoad({ geometry, weights }, await world.host());
  const projector = await soundProjector(world, model);
  const origin = model.stored === null ? undefined : originOf(model.stored);
  return {
    name: model.ref,
    stored: true,
    givenBy,
    repo: origin?.repo ?? null,
    commit: origin?.commit ?? null,
    converted: model.stored?.converted ?? null,
    architecture: geometry.architecture,
    obstacle,
    parameters,
    quant: model.quant,
    size: model.stored?.size ?? (await sizeOf(model.paths)),
    ctxTrain: geometry.ctxTrain,
    chatTemplate: template !== null,
    knownTemplate: template?.known ?? null,
    stop: template?.stop ?? [],
    templateError: await templateFault(world, basename(model.paths[0]), template),
    ...skillsOf(template?.text ?? null),
    images: projector && {
      ...{ projector: projector.path, kind: projector.kind, weights: projector.weights, tokens: projector.tokens },
    },
    ...(await licenseOf(world, model, geometry.general)),
    licenseEvidence: sightingsOf(model, geometry.general),
    baseModels: geometry.general.baseModels.map((base) => base.replace(/[^ -~]+/g, "?").slice(0, 200)),
    estimate: plan.estimate,
    fits: plan.fits && obstacle === null,
    path: model.paths[0],
    files: model.paths,
  };
}

/** What the pull judged; for other files what they say of themselves. */
async function licenseOf(
  world: World,
  { ref, stored }: LocalModel,
  general: GeneralKeys,
): Promise<Pick<ShownModel, "license" | "openness">> {
  if (stored) {
    const { openness } = (await judgeStored(world, stored, DEFAULT_POLICY)).judge([]);
    return { license: stored.license, openness };
  }
  if (general.license === null) return { license: null, openness: "unknown" };
  const verdict = judgeHeader(general, { training: ref === "demo" ? DEMO_TRAINING : undefined });
  return { license: { id: verdict.id, class: verdict.class }, openness: verdict.openness };
}

/** A header that says something else than the pull concluded is one that somebody has edited, or that kept the truth. */
function sightingsOf({ stored }: LocalModel, general: GeneralKeys): readonly LicenseSighting[] {
  const header = judgeHeader(general);
  const inHeader = general.license === null && general.licenseName === null ? [] : header.evidence;
  if (!stored) return inHeader;
  const ids = idsIn(stored.license.id);
  const concluded = detectLicense({ license: ids, baseModels: [] }).entries;
  return [
    { source: "record", value: stored.license.id, agrees: true },
    ...inHeader.map((claim) => {
      const said = detectLicense({ license: claim.value.split(", "), baseModels: [] }).entries;
      return {
        ...claim,
        agrees: said.every((entry) => concluded.some((one) => covers(entry, one) || covers(one, entry))),
      };
    }),
  ];
}

/** Of files that no record tells of. */
async function sizeOf(paths: readonly string[]): Promise<Bytes> {
  const stats = await Promise.all(paths.map((path) => stat(path)));
  return stats.reduce((sum, { size }) => sum + size, 0);
}

export const FIELDS: readonly (keyof ShownModel)[] = [
  "name",
  "stored",
  "givenBy",
  "repo",
  "commit",
  "converted",
  "architecture",
  "obstacle",
  "parameters",
  "quant",
  "size",
  "ctxTrain",
  "chatTemplate",
  "knownTemplate",
  "stop",
  "templateError",
  "tools",
  "thinking",
  "images",
  "license",
  "licenseEvidence",
  "baseModels",
  "openness",
  "estimate",
  "fits",
  "path",
  "files",
];
