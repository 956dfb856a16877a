// Opens a model while another one is open: beside it where both fit, else in its place.
import { isOslmError } from "../../errors.js";
import { PROCESS } from "../../fit/overhead.js";
import { type LoadPlan, type LoadWishes, planLoad } from "../../fit/plan-load.js";
import type { Host } from "../../model/types.js";
import type { World } from "../world.js";
import type { LocalModel } from "./local-model.js";
import { readModel } from "./read-model.js";

export interface Another<Opened> {
  readonly model: LocalModel;
  readonly wishes: LoadWishes;
  /** Loads although it does not fit. */
  readonly force: boolean;
  /** As the open one was loaded. */
  readonly held: LoadPlan;
  /** Opens the model in such a world. */
  open(world: World): Promise<Opened>;
  /** Lets the open one go. */
  free(): Promise<void>;
}

/**
 * The open one is let go only where the other could not be opened otherwise, and may then be opened.
 * @throws what `open` throws
 */
export async function openAnother<Opened>(world: World, another: Another<Opened>): Promise<Opened> {
  const { model, wishes, force, held, open, free } = another;
  const subject = await readModel(model);
  const fits = async ({ hostNow }: Pick<World, "hostNow">): Promise<boolean> =>
    planLoad(subject, await hostNow(), wishes).fits;
  const beside = seeing(world, (host) => changed(host, held, -1));
  const alone = seeing(world, (host) => within(changed(host, held, 1), world));
  if (await fits(beside)) {
    try {
      return await open(beside);
    } catch (error) {
      // The memory ran out, although the plan had fitted.
      if (!isOslmError(error, "does-not-fit")) throw error;
    }
  } else if (!force && !(await fits(alone))) return open(alone);
  world.signal.throwIfAborted();
  await free();
  return open(world);
}

function seeing(world: World, see: (host: Host) => Host): World {
  return { ...world, hostNow: async () => see(await world.hostNow()) };
}

/**
 * Without what the open one holds, or with it; the process stays, which is part of every estimate. What of that the system counts
 * as taken already is taken twice, to be safe.
 */
function changed(host: Host, { estimate: { perDevice } }: LoadPlan, sign: 1 | -1): Host {
  const held = (device: string): number => {
    const bytes = perDevice.find((one) => one.device === device)?.bytes ?? 0;
    return sign * (device === "ram" ? Math.max(0, bytes - PROCESS) : bytes);
  };
  return {
    ...host,
    ramAvailable: Math.max(0, host.ramAvailable + held("ram")),
    gpus: host.gpus.map((gpu, index) => ({ ...gpu, vramFree: Math.max(0, gpu.vramFree + held(`gpu${index}`)) })),
  };
}

/** What is let go makes no machine larger than it is, or was said to be. */
function within(host: Host, { machine: { ram, vram } }: Pick<World, "machine">): Host {
  const gpus = host.gpus.map((gpu) => ({ ...gpu, vramFree: Math.min(gpu.vramFree, vram ?? gpu.vramTotal) }));
  return { ...host, gpus, ramAvailable: Math.min(host.ramAvailable, ram ?? host.ramTotal) };
}
