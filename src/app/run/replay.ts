// Runs again what a receipt describes, and compares.
import { OslmError } from "../../errors.js";
import { parseRef } from "../../model/ref.js";
import { ownFiles } from "../../model/types.js";
import type { Message } from "../../runtime/template/render.js";
import { checkUnchanged } from "../stored/check-unchanged.js";
import type { World } from "../world.js";
import { openConstraint } from "./constraint.js";
import { imageCommand } from "./image-command.js";
import { openImageSession } from "./image-session.js";
import { findLocal, hashOfFiles, type LocalModel, storedModel } from "./local-model.js";
import { openSession } from "./open-session.js";
import { hashAdapters } from "./read-adapters.js";
import { decodingBytes, readImages } from "./read-images.js";
import { type FullReceipt, hashSeen } from "./receipt.js";
import type { Receipt, Seen, Session } from "./session.js";

/** A fact that is not as it was. */
export interface Difference {
  readonly fact: string;
  readonly was: string;
  readonly is: string;
}

export interface Replay {
  readonly identical: boolean;
  /** Where the two answers part, counted in characters from 1; null where they do not. */
  readonly firstDifference: {
    readonly in: "thinking" | "text";
    readonly character: number;
    readonly was: string;
    readonly is: string;
  } | null;
  /** What else differs: a possible cause where the answers do. */
  readonly facts: readonly Difference[];
}

/**
 * @param admit judges the model before it is loaded: a receipt may name any file
 * @throws OslmError not-stored, what `admit` throws, and what loading and answering throw
 */
export async function replay(
  world: World,
  receipt: FullReceipt,
  admit: (local: LocalModel) => Promise<void>,
): Promise<Replay> {
  const local = await findModel(world, receipt);
  await admit(local);
  const { sampling, stop, maxTokens, thinking, seen } = receipt;
  const constraint = receipt.constraint === null ? undefined : await openConstraint(world, receipt.constraint);
  try {
    const { session, messages } = await (seen
      ? openSeeing(world, local, receipt, seen)
      : openTexts(world, local, receipt));
    try {
      const answer = session.answer(messages, {
        sampling,
        stop,
        signal: world.signal,
        ...(maxTokens !== null && { maxTokens }),
        ...(thinking !== null && { thinking }),
        ...(constraint && { grammar: constraint.grammar }),
        ...(receipt.raw && { raw: receipt.raw }),
      });
      const output = { text: "", thinking: "" };
      for (;;) {
        const step = await answer.next();
        if (step.done) {
          world.signal.throwIfAborted();
          const lora = await hashAdapters(step.value.lora);
          const shown = step.value.seen && (await hashSeen(step.value.seen, local));
          const facts = differences(receipt, { ...step.value, ...shown, lora, modelSha256: await local.sha256() });
          const firstDifference = part("thinking", receipt, output) ?? part("text", receipt, output);
          return { identical: firstDifference === null, firstDifference, facts };
        }
        if (step.value.type === "text" || step.value.type === "thinking") output[step.value.type] += step.value.text;
      }
    } finally {
      await session.dispose();
    }
  } finally {
    await constraint?.dispose();
  }
}

interface Opened {
  readonly session: Pick<Session, "answer" | "dispose">;
  readonly messages: readonly Message[];
}

async function openTexts(world: World, local: LocalModel, receipt: FullReceipt): Promise<Opened> {
  const { ctx, gpuLayers, messages } = receipt;
  const wishes = { ctx, gpuLayers, ...(await asThen(world, receipt)) };
  const session = await openSession(world, local, wishes, {
    now: new Date(receipt.at),
    promptCache: false,
    lora: receipt.lora ?? [],
    // Whoever guessed: the text is the same.
    lookup: receipt.guessed ?? false,
  });
  return { session, messages };
}

/** @throws OslmError also file-not-found for an image that does not lie where it lay */
async function openSeeing(
  world: World,
  local: LocalModel,
  receipt: FullReceipt,
  { projector, images: shown }: Seen,
): Promise<Opened> {
  const images = await readImages(
    world,
    shown.map(({ file }) => file),
  );
  const session = await openImageSession(world, local, {
    decoding: decodingBytes(images),
    command: imageCommand("run", local.ref, { images, mmproj: projector }),
    mmproj: projector,
    ctx: receipt.ctx,
    wishes: await asThen(world, receipt),
    now: new Date(receipt.at),
  });
  const last = receipt.messages.length - 1;
  return { session, messages: receipt.messages.map((said, index) => (index === last ? { ...said, images } : said)) };
}

async function asThen({ hostNow }: World, { threads, batch, kvType }: FullReceipt) {
  // More threads than cores would take for ever.
  return { threads: Math.min(threads, (await hostNow()).cores), batch, kvType };
}

/** The model with that hash wherever it is; else what has the name now. */
async function findModel(world: World, { model, modelSha256 }: FullReceipt): Promise<LocalModel> {
  for (const stored of await (await world.store()).list()) {
    if (hashOfFiles(ownFiles(stored).map(({ sha256 }) => sha256)) !== modelSha256) continue;
    // What lies elsewhere may be another file by now.
    if (
      await checkUnchanged(stored).then(
        () => true,
        () => false,
      )
    )
      return storedModel(stored);
  }
  const ref = parseRef(model.ref, { hub: world.endpoint });
  const local = await findLocal(world, ref.kind === "file" ? { ...ref, path: model.path } : ref);
  if (local === undefined) throw new OslmError("not-stored", { ref: model.ref, suggestions: [] });
  return local;
}

const COMPARED = [
  "modelSha256",
  "projectorSha256",
  "templateSha256",
  "promptSha256",
  "grammarSha256",
  "ctx",
  "threads",
  "gpuLayers",
  "batch",
  "mapped",
  "kvType",
] as const;

type Facts = Omit<Receipt, "lora"> & Pick<FullReceipt, "modelSha256" | "projectorSha256" | "images" | "lora">;

function differences(was: FullReceipt, is: Facts): Difference[] {
  const pairs: [fact: string, was: unknown, is: unknown][] = [
    ...COMPARED.map((fact): [string, unknown, unknown] => [fact, was[fact], is[fact]]),
    ["adapters", sayAdapters(was), sayAdapters(is)],
    ["image", was.images?.join(" and "), is.images?.join(" and ")],
    ...(["engine", "release", "backend"] as const).map((fact): [string, unknown, unknown] => [
      fact === "engine" ? fact : `engine ${fact}`,
      was.engine[fact],
      is.engine[fact],
    ]),
  ];
  return pairs
    .filter(([, old, fresh]) => old !== fresh)
    .map(([fact, old, fresh]) => ({ fact, was: String(old), is: String(fresh) }));
}

function sayAdapters({ lora = [] }: Pick<FullReceipt, "lora">): string {
  return lora.map(({ sha256, scale }) => `${scale} of ${sha256}`).join(" and ") || "none";
}

/** Of both texts, what is shown from where they part. */
const SHOWN_CHARS = 40;

function part(
  kind: "thinking" | "text",
  receipt: FullReceipt,
  output: FullReceipt["output"],
): Replay["firstDifference"] {
  const [was, is] = [[...receipt.output[kind]], [...output[kind]]];
  const index = was.findIndex((character, place) => character !== is[place]);
  if (index < 0 && was.length === is.length) return null;
  const at = index < 0 ? was.length : index;
  const from = (text: readonly string[]): string => text.slice(at, at + SHOWN_CHARS).join("");
  return { in: kind, character: at + 1, was: from(was), is: from(is) };
}
