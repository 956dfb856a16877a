// Getting a model from a plain web server: the same order as from the Hub, with what the file says of itself in place of a
// model card, and the hash that the user brings in place of the Hub's.
import { isOslmError, OslmError } from "../../errors.js";
import { type ChoiceWishes, type Chosen, chooseVariant } from "../../fit/choose.js";
import { forceChoice } from "../../fit/force-choice.js";
import { type Geometry, geometryOf } from "../../gguf/geometry.js";
import { readMetadata } from "../../gguf/metadata.js";
import { readGeometry } from "../../gguf/read-geometry.js";
import type { ByteSource } from "../../gguf/source.js";
import type { GgufVariant, StoredModel } from "../../model/types.js";
import { ownFolder } from "../../store/own-files.js";
import { writeOwnRecord } from "../../store/own-record.js";
import { doesNotFit } from "../fit/does-not-fit.js";
import { waysOut } from "../fit/ways-out.js";
import { holdLock } from "../hold-lock.js";
import { acceptancesOf } from "../license/acceptances.js";
import { judgeHeader } from "../license/file-license.js";
import { type Consent, passLicenseGate } from "../license/license-gate.js";
import type { Offer } from "../license/license-offers.js";
import { hintsOf, quantOf } from "../stored/import-file.js";
import { freeName } from "../stored/imported-name.js";
import type { World } from "../world.js";
import { checkArchitecture, strangeness } from "./check-architecture.js";
import type { PullEvent, PullResult } from "./pull.js";
import { plainUrl, webFiles } from "./web-files.js";
import { openWebSource } from "./web-source.js";
import { type Fetched, fetchWebFiles, keptBytes, type SizedFile } from "./web-store.js";

export interface PullUrlRequest {
  readonly url: string;
  /** One for each file, in order. */
  readonly sha256: readonly string[];
  /** The command again, for messages. */
  readonly retry: string;
  readonly wishes: Omit<ChoiceWishes, "quant">;
  /** Although it does not fit, or the engine does not know the architecture. */
  readonly force?: boolean;
  /** Licenses that are accepted with the command. */
  readonly offers: readonly Offer[];
  readonly consent: Consent;
}

/** @throws OslmError usage, unsafe-name, and what pull throws */
export async function* pullUrl(world: World, request: PullUrlRequest): AsyncGenerator<PullEvent, PullResult> {
  const policy = await world.policy();
  const asked = webFiles(request.url, request.sha256);
  const ref = plainUrl(request.url);
  const store = await world.store();
  const hub = await world.hub();
  const sources = await Promise.all(asked.map((file) => openWebSource(hub, file, world.signal)));
  const sized = asked.map((file, index): SizedFile => ({ ...file, size: sources[index]?.size ?? 0 }));
  const [first, ...rest] = sized;
  const [source] = sources;
  if (first === undefined || source === undefined) throw new Error("a model has at least one file");

  const geometry = await readGeneral(source, first.name);
  const license = await passLicenseGate({
    ref,
    url: ref,
    offers: request.offers,
    acceptances: acceptancesOf(world, { subject: ref, commit: null, textSha256: null }),
    judge: (accepted) => judgeHeader(geometry.general, { accepted, policy }),
    consent: request.consent,
  });
  yield { type: "license", verdict: license };

  const { force = false, retry } = request;
  const strange = strangeness(geometry);
  if (strange !== null && force) yield { type: "unknown-architecture", reason: strange };
  else checkArchitecture(geometry, { file: first.name, force: `${retry} --force` });
  const { choice, forced } = await weigh(world, [first, ...rest], geometry, request);
  yield { type: "chosen", choice, forced };

  const lock = store.ownLockPath(ownFolder(store.data, first.sha256));
  const release = yield* holdLock(lock, ref, world.signal);
  try {
    const fetched = yield* fetchWebFiles(world, [first, ...rest]);
    const model = await record(world, { ref, quant: choice.quant, license }, fetched);
    const { downloaded } = fetched;
    return {
      model,
      license,
      choice,
      runs: strange === null,
      bytes: { downloaded, reused: Math.max(0, model.size - downloaded) },
    };
  } catch (error) {
    if (!isOslmError(error, "interrupted")) throw error;
    throw new OslmError("interrupted", { ...error.facts, keptBytes: await keptBytes(store.data, [first, ...rest]) });
  } finally {
    await release();
  }
}

/** A file is called silent on its license or quantization only when all of its header has been read. */
async function readGeneral(source: ByteSource, name: string): Promise<Geometry> {
  const geometry = await readGeometry(source, { name });
  const isClear = geometry.general.license !== null && quantOf(name, { geometry }) !== "unknown";
  return isClear ? geometry : geometryOf(await readMetadata(source, name));
}

/** One file, so nothing to choose from: it fits or it does not. @throws OslmError does-not-fit */
async function weigh(
  world: World,
  files: readonly [SizedFile, ...SizedFile[]],
  geometry: Geometry,
  { wishes, retry, force = false }: PullUrlRequest,
): Promise<{ readonly choice: Chosen; readonly forced: boolean }> {
  const [first, ...rest] = files.map(({ name, size, sha256 }) => ({ path: name, size, sha256, gitOid: "" }));
  if (first === undefined) throw new Error("a model has at least one file");
  const size = files.reduce((sum, file) => sum + file.size, 0);
  const variant: GgufVariant = { quant: quantOf(first.path, { geometry }), files: [first, ...rest], size };
  const host = await world.host();
  const choice = chooseVariant([{ variant, geometry }], host, wishes);
  if (choice.kind === "chosen") return { choice, forced: false };
  if (choice.kind === "no-such-quant" || choice.smallest.plan.fits) throw new Error("what fits was not chosen");
  if (force) return { choice: forceChoice(choice, host, wishes), forced: true };
  const { plan, subject } = choice.smallest;
  const ways = waysOut({ command: retry, wishes, machine: world.machine }, { subject, host, wishes, plan });
  throw doesNotFit({ ref: first.path, quant: variant.quant }, plan, ways);
}

/** A pull of the same files again keeps the name. */
async function record(
  world: World,
  { ref, quant, license }: Pick<StoredModel, "ref" | "quant" | "license">,
  { path, files, read }: Fetched,
): Promise<StoredModel> {
  const store = await world.store();
  const stored = await store.list();
  const model: StoredModel = {
    name: freeName(hintsOf(path, read), { quant, sha256: files[0]?.sha256 ?? "" }, stored),
    ref,
    repo: null,
    commit: null,
    quant,
    size: files.reduce((sum, { size }) => sum + size, 0),
    path,
    files,
    license: { id: license.id, class: license.class },
    addedAt: world.now().toISOString(),
    lastUsedAt: null,
  };
  await writeOwnRecord(store.data, model);
  await store.record(model);
  return model;
}
