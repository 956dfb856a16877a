// A loaded model that answers messages: header, fit, engine and template joined.
import { basename } from "node:path";
import type { LoadWishes } from "../../fit/plan-load.js";
import type { AdapterFile } from "../../runtime/engine.js";
import { TemplateRenderer } from "../../runtime/template/renderer.js";
import { planDraft } from "../fit/plan-draft.js";
import type { World } from "../world.js";
import { chatTemplateOf } from "./chat-template.js";
import { defaultSampling } from "./default-sampling.js";
import { EngineSession, type TooLongError } from "./engine-session.js";
import { type LoadOrders, loadModel } from "./load-model.js";
import type { LocalModel } from "./local-model.js";
import { promptStatesOf } from "./prompt-states.js";
import { promptTooLong } from "./prompt-too-long.js";
import { readAdapters } from "./read-adapters.js";
import { readModel } from "./read-model.js";
import type { Session } from "./session.js";

export interface SessionOptions extends LoadOrders {
  /** False reads every prompt anew and keeps none. */
  readonly promptCache?: boolean;
  /** For templates that write the date. */
  readonly now?: Date;
  readonly lora?: readonly AdapterFile[];
  /** A small model that guesses ahead; its text is the same, but for ties and chance. */
  readonly draft?: LocalModel;
  /** Guesses from what the prompt says. */
  readonly lookup?: boolean;
}

/**
 * @throws OslmError malformed-gguf, unknown-architecture, does-not-fit, also when the memory runs out while loading; no-backend, load-failed
 */
export async function openSession(
  world: World,
  model: LocalModel,
  wishes: LoadWishes,
  { lora = [], draft, lookup = false, promptCache = true, now = world.now(), ...orders }: SessionOptions = {},
): Promise<Session> {
  const subject = await readModel(model);
  const adapters = await readAdapters(world, lora, subject);
  const guessing = draft && (await planDraft(world, draft, subject, wishes));
  const format = chatTemplateOf(model, subject.geometry);
  const template = format?.text ?? null;
  // Starts its thread now, beside the load of the weights.
  const renderer =
    template === null ? undefined : new TemplateRenderer({ file: basename(model.paths[0]), template, now });
  try {
    const all = { ...wishes, adapters: adapters.bytes, ...(guessing && { draft: guessing.bytes }) };
    const request = {
      ...orders,
      model,
      subject,
      wishes: all,
      adapters: adapters.files,
      besides: guessing?.counted ?? 0,
    };
    const { plan, host, loaded, engine } = await loadModel(world, request, async (llama, load, planned) => {
      // Kept is what one prompt of this very model left: not where several come at once, nor with adapters.
      const keeps = promptCache && planned.sequences === 1 && lora.length === 0;
      const promptStates = keeps ? await promptStatesOf(world, model, planned) : undefined;
      const besides = { lora: adapters.files, lookup, ...(guessing && { draft: guessing.file }) };
      return llama.load({ ...load, ...besides, ...(promptStates && { promptStates }) }, world.signal);
    });
    const tooLong: TooLongError = (tokens, about, maxTokens) =>
      promptTooLong({ tokens, about, ctx: loaded.ctx, maxTokens, subject, host, wishes: all });
    const equipment = { renderer, template, format, at: now, lora: adapters.files, signal: world.signal };
    return new EngineSession(plan, engine, loaded, equipment, defaultSampling(subject.header), tooLong);
  } catch (error) {
    await renderer?.dispose();
    throw error;
  }
}
