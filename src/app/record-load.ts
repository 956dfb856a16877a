// Writes down what a load took, beside what it was foreseen to take.
import { ramNeeded } from "../fit/capacity.js";
import { peakMemory } from "../runtime/peak-memory.js";
import type { LocalModel } from "./local-model.js";
import type { Session } from "./session.js";
import type { World } from "./world.js";

/** The same session; before it ends, and if anything was answered, its memory is recorded. */
export function recordLoad(world: World, model: Pick<LocalModel, "ref">, session: Session): Session {
  let answered = false;
  return {
    plan: session.plan,
    ctx: session.ctx,
    chats: session.chats,
    answer(messages, options) {
      answered = true;
      return session.answer(messages, options);
    },
    promptTokens: (messages) => session.promptTokens(messages),
    async dispose() {
      // A measurement that cannot be kept is no reason to fail.
      if (answered) await record(world, model.ref, session).catch(() => {});
      await session.dispose();
    },
  };
}

async function record(world: World, ref: string, { plan, ctx }: Session): Promise<void> {
  const measured = await peakMemory();
  const { kvType, gpuLayers, useMmap, estimate, correction } = plan;
  const predicted = ramNeeded(estimate);
  const log = await world.loads();
  const at = world.now().toISOString();
  await log.add({ at, ref, ctx, kvType, gpuLayers, mapped: useMmap, predicted, correction, measured });
}
