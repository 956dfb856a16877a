// This machine, as the commands are to see it.
import { cpus } from "node:os";
import type { World } from "../app/world.js";
import { OslmError } from "../errors.js";
import { type HostOverride, overrideHost, withinHost } from "../fit/override-host.js";
import type { Bytes, Host } from "../model/types.js";

/**
 * `host` probes once, and measures the memory once: the speed is kept in `file`. `hostNow` looks at what is free again,
 * and a size from a flag that is larger than that does not count: what is not there cannot be loaded into.
 * @throws OslmError usage for layers on a GPU that is not there
 */
export function hostOf(flags: HostOverride, file: string, loads: World["loads"]): Pick<World, "host" | "hostNow"> {
  let probed: Promise<Host> | undefined;
  let measured: Promise<Host> | undefined;
  const seen = async (host: Host) => ({
    ...checkGpu(overrideHost(host, flags)),
    correction: await correctionOf(loads),
  });
  return {
    host: (wants) => {
      probed ??= probe(file);
      if (wants?.measured && flags.bandwidth === undefined) measured ??= probed.then((host) => measure(host, file));
      return (measured ?? probed).then(seen);
    },
    hostNow: async () => {
      const real = await probe(file);
      return withinHost(await seen(real), real);
    },
  };
}

/** A log that cannot be read corrects nothing. */
async function correctionOf(loads: World["loads"]): Promise<Bytes> {
  const { correctionFrom } = await import("../fit/calibrate.js");
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

async function probe(file: string): Promise<Host> {
  const { probeHost } = await import("../fit/probe/host.js");
  const { readBandwidth } = await import("../config/bandwidth-file.js");
  const { decodingBandwidth } = await import("../fit/speed.js");
  const host = await probeHost();
  const kept = await readBandwidth(file, cpuName(), host.cores);
  return kept === undefined ? host : { ...host, bandwidth: decodingBandwidth(host.cores, kept) };
}

async function measure(host: Host, file: string): Promise<Host> {
  if (host.bandwidth !== undefined) return host;
  const { measureBandwidth } = await import("../fit/probe/bandwidth.js");
  const bytesPerSecond = await measureBandwidth(host.cores, host.ramAvailable);
  if (bytesPerSecond === null) return host;
  const { writeBandwidth } = await import("../config/bandwidth-file.js");
  const { cores } = host;
  await writeBandwidth(file, { cpu: cpuName(), cores, bytesPerSecond, measuredAt: new Date().toISOString() });
  const { decodingBandwidth } = await import("../fit/speed.js");
  return { ...host, bandwidth: decodingBandwidth(cores, bytesPerSecond) };
}

function cpuName(): string {
  return cpus()[0]?.model ?? "unknown";
}
