// Writes down what a load took, beside what it was foreseen to take.
import { isComputing } from "../../runtime/computing.js";
import { peakMemory } from "../../runtime/peak-memory.js";
import type { LocalModel } from "../run/local-model.js";
import type { Session } from "../run/session.js";
import type { World } from "../world.js";

export interface RecordedSession extends Session {
  /** Records its memory now, and not at its end: from now on the process holds something else besides. */
  record(): Promise<void>;
}

/** The same session; before it ends, and if anything was answered, its memory is recorded. */
export function recordLoad(world: World, model: Pick<LocalModel, "ref">, session: Session): RecordedSession {
  let answered = false;
  let recorded = false;
  const record = async (): Promise<void> => {
    // Files are read behind the step that an interruption has left.
    if (recorded || isComputing()) return;
    recorded = true;
    // A measurement that cannot be kept is no reason to fail.
    if (answered) await write(world, model.ref, session).catch(() => {});
  };
  return {
    record,
    plan: session.plan,
    engine: session.engine,
    ctx: session.ctx,
    chats: session.chats,
    knownTemplate: session.knownTemplate,
    get leavesOut() {
      return session.leavesOut;
    },
    promptTokens: (messages, how) => session.promptTokens(messages, how),
    follows: (grammar, text) => session.follows(grammar, text),
    tokens: (text) => session.tokens(text),
    answer(messages, options) {
      answered = true;
      return session.answer(messages, options);
    },
    async dispose() {
      await record();
      await session.dispose();
    },
  };
}

async function write(world: World, ref: string, { plan, ctx, engine }: Session): Promise<void> {
  const measured = await peakMemory();
  const { kvType, gpuLayers, useMmap, peak: predicted, correction } = plan;
  const log = await world.loads();
  const at = world.now().toISOString();
  await log.add({ at, ref, ctx, kvType, gpuLayers, mapped: useMmap, predicted, correction, measured, engine });
}
