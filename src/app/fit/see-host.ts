// This machine, as the commands are to see it.
import { OslmError } from "../../errors.js";
import { correctionFrom } from "../../fit/calibrate.js";
import { type HostOverride, overrideHost, withinHost } from "../../fit/override-host.js";
import type { Bandwidth } from "../../fit/probe/bandwidth.js";
import { decodingBandwidth, USUAL_BANDWIDTH } from "../../fit/speed.js";
import type { Bytes, Host } from "../../model/types.js";
import type { BandwidthFile, MeasuredBandwidth } from "../../store/bandwidth-file.js";
import type { World } from "../world.js";

export interface HostEffects extends Pick<World, "loads" | "now"> {
  /** As it is at this moment. */
  probe(): Promise<Host>;
  measureBandwidth(cores: number, ramAvailable: Bytes): Promise<Bandwidth | { readonly unknown: string }>;
  /** The processor, as the system names it. */
  readonly cpu: string;
  /** What was measured before. */
  readonly kept: BandwidthFile;
}

/**
 * `host` probes once, and measures the memory's speed once: it is kept, and measured again only where other programs disturbed it. `hostNow`
 * looks at what is free again, and a size from a flag that is larger than that does not count: what is not there cannot be loaded into.
 * @throws OslmError usage for layers on a GPU that is not there
 */
export function seeHost(flags: HostOverride, effects: HostEffects): Pick<World, "host" | "hostNow"> {
  let probed: Promise<Host> | undefined;
  let measured: Promise<Host> | undefined;
  const seen = async (host: Host) => ({
    ...checkGpu(overrideHost(host, flags)),
    correction: await correctionOf(effects.loads),
  });
  return {
    host: (wants) => {
      probed ??= effects.probe();
      if (wants?.measured && flags.bandwidth === undefined) {
        measured ??= probed.then((host) => withMeasuredSpeed(host, effects));
      }
      return (measured ?? probed.then((host) => withKeptSpeed(host, effects))).then(seen);
    },
    hostNow: async () => {
      const real = await withKeptSpeed(await effects.probe(), effects);
      return withinHost(await seen(real), real);
    },
  };
}

/** A log that cannot be read corrects nothing. */
async function correctionOf(loads: World["loads"]): Promise<Bytes> {
  return correctionFrom(
    await loads()
      .then((log) => log.read())
      .catch(() => []),
  );
}

function checkGpu(host: Host): Host {
  if (host.gpuLayers === undefined || host.gpus.length > 0) return host;
  throw new OslmError("usage", {
    problem: `--gpu ${host.gpuLayers} asks for layers on a GPU, and there is none`,
    detail: "No GPU with memory of its own that could be asked was found.",
    help: "leave --gpu away, or name its memory with --vram SIZE",
  });
}

async function withKeptSpeed(host: Host, { kept, cpu }: HostEffects): Promise<Host> {
  return withSpeed(host, await kept.read(cpu, host.cores));
}

async function withMeasuredSpeed(host: Host, { kept, cpu, measureBandwidth, now }: HostEffects): Promise<Host> {
  const { cores } = host;
  const before = await kept.read(cpu, cores);
  if (before?.undisturbed) return withSpeed(host, before);
  const found = await measureBandwidth(cores, host.ramAvailable);
  if ("unknown" in found) return before ? withSpeed(host, before) : { ...host, bandwidthUnknown: found.unknown };
  // Others can only have slowed it down: the best is kept.
  const measured =
    before !== undefined && before.bytesPerSecond >= found.bytesPerSecond
      ? { ...before, undisturbed: found.undisturbed }
      : { ...found, measuredAt: now().toISOString() };
  await kept.write({ cpu, cores, ...measured });
  return withSpeed(host, measured);
}

function withSpeed(host: Host, measured: Omit<MeasuredBandwidth, "cpu" | "cores"> | undefined): Host {
  if (measured === undefined) return host;
  const { measuredAt, ...memorySpeed } = measured;
  const { bytesPerSecond, undisturbed } = memorySpeed;
  // Beside other programs it says only that the memory is no slower: else a busy moment would change what is picked.
  const bandwidth = decodingBandwidth(
    host.cores,
    undisturbed ? bytesPerSecond : Math.max(bytesPerSecond, USUAL_BANDWIDTH),
  );
  return { ...host, bandwidth, bandwidthMeasuredAt: measuredAt, memorySpeed };
}
