// Getting a model: resolve, license gate, choice by fit, verified download, record. In this order, always.
import { isOslmError, OslmError } from "../../errors.js";
import type { ChoiceWishes, Chosen } from "../../fit/choose.js";
import { forceChoice } from "../../fit/force-choice.js";
import { isLoadable } from "../../gguf/architectures.js";
import type { GeneralKeys } from "../../gguf/geometry.js";
import type { ModelEvidence } from "../../license/evidence.js";
import { compareExpectation, type ExpectedLicense } from "../../license/expectation.js";
import { quoted } from "../../model/quoted.js";
import { formatRef, parseRef } from "../../model/ref.js";
import type { Bytes, GgufVariant, LicenseVerdict, RepoFile, RepoSnapshot, StoredModel } from "../../model/types.js";
import { checkFree } from "../../store/check-free.js";
import { checkFolders } from "../../store/linked-folders.js";
import type { NewModel, Store } from "../../store/store.js";
import { isCheckpoint } from "../convert/is-checkpoint.js";
import { chooseSound, passOver, readCandidates } from "../fit/candidates.js";
import { projectorBytes } from "../fit/plan-images.js";
import { readPick } from "../fit/read-pick.js";
import type { BrokenVariant, Shape } from "../fit/read-shape.js";
import { tooLarge } from "../fit/too-large.js";
import { holdLock, type WaitingEvent } from "../hold-lock.js";
import { gatherEvidence } from "../license/license-evidence.js";
import type { Consent } from "../license/license-gate.js";
import type { Offer } from "../license/license-offers.js";
import { type LicenseEvent, type Passed, PullGate } from "../license/pull-gate.js";
import { withVerb } from "../names/with-verb.js";
import { chatTemplateOf } from "../run/chat-template.js";
import { storedModel } from "../run/local-model.js";
import { type ReadModel, readFiles } from "../run/read-model.js";
import { templateFault } from "../run/template-fault.js";
import type { World } from "../world.js";
import { checkArchitecture, strangeness } from "./check-architecture.js";
import { type FetchEvent, fetchFiles } from "./fetch-files.js";
import type { CheckpointEvent } from "./pull-checkpoint.js";
import { remoteProjector } from "./remote-projector.js";
import { type RemoteRef, type Resolved, resolveRepo, withVariants } from "./resolve.js";
import { whileUnreachable } from "./while-unreachable.js";

export interface PullRequest {
  readonly ref: RemoteRef;
  readonly wishes: ChoiceWishes;
  /** Pulls although nothing fits, or the engine does not know the architecture: what was asked for, or the smallest. */
  readonly force?: boolean;
  /** False leaves the projector out, which a model needs to read images. */
  readonly projector?: boolean;
  /** Of a repository that is converted: its files stay in the cache. */
  readonly keep?: boolean;
  /** To be run at once: what the engine does not know is not pulled by force either. */
  readonly toRun?: boolean;
  /** Licenses that are accepted with the command. */
  readonly offers: readonly Offer[];
  readonly consent: Consent;
}

export type PullEvent =
  /** `givenBy`: whose catalog has the name, where it is not oslm's. */
  | { readonly type: "resolved"; readonly ref: string; readonly snapshot: RepoSnapshot; readonly givenBy?: string }
  /** Another class than the catalog expects: told before anybody is asked. */
  | { readonly type: "license-surprise"; readonly expected: ExpectedLicense }
  | LicenseEvent
  /** Passed over. */
  | ({ readonly type: "broken" } & BrokenVariant)
  /** `forced`: it does not fit. */
  | { readonly type: "chosen"; readonly choice: Chosen; readonly forced: boolean }
  /** What turns images into what the model reads comes with it. */
  | { readonly type: "projector"; readonly file: string; readonly size: Bytes; readonly kind: string }
  /** Pulled by force, and nothing here can run it: why. */
  | { readonly type: "unknown-architecture"; readonly reason: string }
  /** `holder`: the process that is at it; undefined when it runs on another machine or in another container. */
  | WaitingEvent
  /** It is here, and its chat template gives no prompt: why. */
  | { readonly type: "broken-template"; readonly reason: string }
  | FetchEvent
  | CheckpointEvent;

export interface PullResult {
  readonly model: StoredModel;
  readonly license: LicenseVerdict;
  /** Beside what the catalog expects; null for what it does not know. */
  readonly licenseExpected?: ExpectedLicense | null;
  readonly choice: Chosen;
  /** Does the engine know it? */
  readonly runs: boolean;
  readonly bytes: { readonly downloaded: Bytes; readonly reused: Bytes };
}

/** @throws OslmError of every kind but those of running */
export async function* pull(world: World, request: PullRequest): AsyncGenerator<PullEvent, PullResult> {
  // Before the first request: with a broken policy nothing is asked for.
  const policy = await world.policy();
  const { ref } = request;
  const verb = request.toRun ? "run" : "pull";
  const repo = await resolveRepo(world, ref).catch(async (error: unknown) => {
    throw withVerb(await whileUnreachable(world, error, ref, verb), verb);
  });
  const { snapshot } = repo;
  const converts = isCheckpoint(ref, snapshot);
  const resolved = converts
    ? { ...repo, variants: [], leftOut: [], projectors: [], quant: ref.quant }
    : withVariants(ref, repo);
  yield { type: "resolved", ref: resolved.name, snapshot, ...(repo.givenBy && { givenBy: repo.givenBy }) };
  // Nothing is asked for what cannot be stored in the end.
  await checkFolders((await world.store()).layout(snapshot.repo));

  const gate = new PullGate(world, { ...request, ref: resolved.name }, policy);
  const evidence = await gatherEvidence(world, resolved);
  // Who has no access needs that first: the texts that are open only to those who have it would be a doubt.
  if (snapshot.gated !== false && hasUnread(evidence))
    await (await world.hub()).checkAccess(snapshot.repo, world.signal);
  const licenseExpected = compareExpectation(evidence);
  if (licenseExpected?.agrees === false) yield { type: "license-surprise", expected: licenseExpected };
  const first = await gate.pass(evidence);
  yield { type: "license", verdict: first.verdict };
  if (converts) {
    const { pullCheckpoint } = await import("./pull-checkpoint.js");
    return { ...(yield* pullCheckpoint(world, resolved, request, first.verdict)), licenseExpected };
  }

  const seeing = request.projector === false ? null : await remoteProjector(world, resolved);
  const wishes = { ...request.wishes, ...(seeing && { projector: projectorBytes(seeing) }) };
  const { choice, own, forced } = yield* chooseReadable(world, resolved, { ...request, wishes });
  yield { type: "chosen", choice, forced };
  if (seeing) yield { type: "projector", file: seeing.file.path, size: seeing.file.size, kind: seeing.kind };

  const { variant, quant } = choice;
  const [{ path }] = variant.files;
  const passed = yield* gate.passHeader(first, path, own.geometry.general);

  const { model, bytes, license, geometry } = yield* fetchAndRecord(
    world,
    snapshot,
    { ...choice.variant, projector: seeing?.file },
    {
      judge: (whole) => gate.passHeader(passed, path, whole),
      record: ({ id, class: licenseClass }) => ({
        ...{ name: nameOf(resolved, variant), ref: resolved.name, quant },
        license: { id, class: licenseClass },
        addedAt: world.now().toISOString(),
      }),
    },
  );
  // A run finds it out by itself.
  const template = request.toRun ? null : chatTemplateOf(storedModel(model), geometry);
  const reason = await templateFault(world, path, template);
  if (reason !== null) yield { type: "broken-template", reason };
  return { model, license, licenseExpected, choice, bytes, runs: isLoadable(own.geometry.architecture) };
}

function hasUnread({ texts, unread = [] }: ModelEvidence): boolean {
  return unread.length > 0 || texts.some(({ text }) => text === null);
}

/** What people type to get exactly this: the reference with the quantization, or with the file where none is known. */
function nameOf({ name, snapshot }: Resolved, { quant, files }: GgufVariant): string {
  const ref = parseRef(name);
  if (ref.kind === "hub" && ref.path !== undefined) return name;
  if (quant === "unknown") return formatRef({ kind: "hub", repo: snapshot.repo, path: files[0].path });
  return ref.kind === "hub" || ref.kind === "catalog" ? formatRef({ ...ref, quant }) : name;
}

/**
 * The choice, with its own header read: a variant whose header is broken is passed over, unless it was asked for.
 * @throws OslmError malformed-gguf, unknown-architecture, does-not-fit with the lever that would make it fit
 */
async function* chooseReadable(
  world: World,
  resolved: Resolved,
  { wishes, force = false, toRun = false }: PullRequest,
): AsyncGenerator<
  PullEvent,
  { readonly choice: Chosen; readonly own: Pick<Shape, "geometry">; readonly forced: boolean }
> {
  const { name, snapshot } = resolved;
  let found = await readCandidates(world, resolved, wishes);
  const { read } = found;
  const strange = strangeness(read.geometry);
  if (strange !== null && force && !toRun) yield { type: "unknown-architecture", reason: strange };
  else checkArchitecture(read.geometry, { file: read.name, force: toRun ? null : `oslm pull ${quoted(name)} --force` });
  for (const broken of found.broken) yield { type: "broken", ...broken };
  for (;;) {
    const outcome = chooseSound(found, wishes);
    const forced = outcome.kind === "nothing-fits" && force;
    if (outcome.kind === "nothing-fits" && !force) {
      throw await tooLarge(world, resolved, { found, outcome, wishes, verb: toRun ? "run" : "pull" });
    }
    const choice = outcome.kind === "chosen" ? outcome : forceChoice(outcome, found.host, wishes);
    const { variant } = choice;
    try {
      return { choice, own: await readPick(world, { snapshot, variant }, found.read), forced };
    } catch (error) {
      found = passOver(found, resolved, variant, error);
      for (const broken of found.broken.slice(-1)) yield { type: "broken", ...broken };
    }
  }
}

interface Arrival {
  /** Judges the whole header. */
  judge(general: GeneralKeys): AsyncGenerator<PullEvent, Passed>;
  record(license: LicenseVerdict): NewModel;
}

/** Downloads what is missing, then names and records it. A second process waits and then finds everything here. */
async function* fetchAndRecord(
  world: World,
  snapshot: RepoSnapshot,
  { files, projector }: Pick<GgufVariant, "files"> & { readonly projector: RepoFile | undefined },
  { judge, record }: Arrival,
): AsyncGenerator<PullEvent, Omit<PullResult, "choice" | "runs"> & Pick<ReadModel, "geometry">> {
  const store = await world.store();
  const { signal } = world;
  const all = projector === undefined ? files : [...files, projector];
  const release = yield* holdLock(store.lockPath(snapshot.repo), snapshot.repo, signal);
  try {
    const downloaded = yield* fetchFiles(world, snapshot, all, async (need) => {
      await checkFree(store.hubCache, need);
      return [];
    });
    // A header may go on behind the vocabulary, where nobody has looked before.
    const { geometry } = await checkModel(store, snapshot, files);
    const { verdict } = yield* judge(geometry.general);
    const model = await store.add(snapshot, files, record(verdict), projector);
    return {
      model,
      geometry,
      license: verdict,
      bytes: { downloaded, reused: sum(all) - Math.min(downloaded, sum(all)) },
    };
  } catch (error) {
    if (!isOslmError(error, "interrupted")) throw error;
    throw new OslmError("interrupted", { ...error.facts, keptBytes: await store.keptBytes(snapshot, all) });
  } finally {
    await release();
  }
}

/** The right bytes of a broken upload are still no model: they get no name. @throws OslmError malformed-gguf */
async function checkModel(
  store: Store,
  snapshot: RepoSnapshot,
  [file, ...more]: GgufVariant["files"],
): Promise<ReadModel> {
  const named = async (one: RepoFile) => ({ path: await store.place(snapshot, one), name: one.path });
  return readFiles(await named(file), await Promise.all(more.map(named)));
}

function sum(files: readonly { readonly size: Bytes }[]): Bytes {
  return files.reduce((total, file) => total + file.size, 0);
}
