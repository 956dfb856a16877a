// oslm doctor: is everything all right here, and if not, what helps.
import { Command } from "commander";
import type { Diagnosis } from "../../app/stored/doctor.js";
import { networkSettings } from "../../config/network-settings.js";
import { OslmError } from "../../errors.js";
import { formatBytes } from "../../ui/format.js";
import { type Field, renderRecord } from "../../ui/record.js";
import type { Context, ContextOf } from "../context.js";
import { hostDocument } from "../host-document.js";
import { sayBandwidth, sayCorrection } from "../say-calibration.js";
import { version } from "../version.js";

export interface DoctorOptions {
  readonly repair?: boolean;
}

const FIELDS = [
  ...[
    "versions",
    "platform",
    "host",
    "calibration",
    "folders",
    "index",
    "locks",
    "parts",
    "temporary",
    "unfinished",
    "links",
    "hub",
    "network",
  ],
  ...["findings", "repaired"],
];

export function makeDoctorCommand(contextOf: ContextOf, run = runDoctor): Command {
  return new Command("doctor")
    .description("check this machine, the stored models and the settings; exit 8 when the store is damaged")
    .option("--repair", "make the list of models anew, remove locks and temporary files of processes that died")
    .action((options: DoctorOptions) => run(contextOf(), options));
}

export async function runDoctor({ world, out, env }: Context, { repair = false }: DoctorOptions): Promise<void> {
  const { examine } = await import("../../app/stored/doctor.js");
  const facts = {
    versions: { oslm: version, node: process.versions.node },
    platform: `${process.platform} ${process.arch}`,
    network: networkSettings(env),
  };
  let diagnosis = await examine(world, facts);
  let repaired: readonly string[] = [];
  if (repair) {
    const { repairStore } = await import("../../app/stored/repair-store.js");
    repaired = await repairStore(world, diagnosis.index);
    diagnosis = await examine(world, facts);
  }
  if (out.json) out.document({ ...diagnosis, host: hostDocument(diagnosis.host), repaired }, FIELDS);
  else if (out.mode.kind === "quiet") for (const { code } of diagnosis.findings) out.line(code);
  else
    out.terminal.stdout.write(
      renderRecord([...rows(diagnosis, world.now()), ...outcome(diagnosis, repaired, repair)], out.terminal),
    );
  const damages = diagnosis.findings.filter(({ severity }) => severity === "damage");
  const [worst] = damages;
  if (worst !== undefined) {
    throw new OslmError("store-damaged", { problems: damages.map(({ message }) => message), instead: worst.hint });
  }
}

type Row = Field;

function rows(diagnosis: Diagnosis, now: Date): readonly Row[] {
  const { versions, platform, host, calibration, folders, index, locks, parts, hub, network } = diagnosis;
  const { ramTotal, ramAvailable, ramLimit, cores, gpus, gpusUnknown = [] } = host;
  const limit = ramLimit === undefined ? "" : `, under the limit of ${formatBytes(ramLimit.bytes)} (${ramLimit.by})`;
  return [
    ["oslm", versions.oslm],
    ["Node", versions.node],
    ["platform", platform],
    ["memory", `${formatBytes(ramAvailable)} of ${formatBytes(ramTotal)} available${limit}`],
    ["memory speed", sayBandwidth(host, now)],
    ["predictions", sayCorrection(calibration, now)],
    ["cores", String(cores)],
    ...(gpus.length + gpusUnknown.length === 0 ? [["GPU", "none"] as const] : []),
    ...gpus.map(({ name, vramFree, vramTotal, backend }): Row => {
      return ["GPU", `${name} (${backend}), ${formatBytes(vramFree)} of ${formatBytes(vramTotal)} free`];
    }),
    ...gpusUnknown.map((name): Row => ["GPU", `${name}: it does not tell its memory; --vram SIZE plans for it`]),
    ...folders.map(({ name, path, writable, free }): Row => {
      const room = free === null ? "" : `, ${formatBytes(free)} free`;
      return [`${name} folder`, `${path}${room}${writable ? "" : ", not writable"}`, "whole"];
    }),
    ["models", `${index.models} listed, ${index.unlisted} more on this disk`],
    ...locks.map(({ name, state, pid }): Row => {
      const holder = pid === null ? "" : ` by process ${pid}`;
      return ["lock", `${name}, ${state === "left" ? "left behind" : "held"}${holder}`];
    }),
    ["interrupted downloads", `${parts.count}, ${formatBytes(parts.bytes)}`],
    ["Hub", hub.endpoint, "whole"],
    ["token", hub.tokenFrom === null ? "none" : `set, from ${hub.tokenFrom}`],
    ...network.proxies.map(({ name, value }): Row => [name, value, "whole"]),
    ["NODE_EXTRA_CA_CERTS", network.caCerts, "whole"],
    ["offline", network.offline ? "yes" : "no"],
  ];
}

function outcome({ findings }: Diagnosis, repaired: readonly string[], asked: boolean): readonly Row[] {
  return [
    ...repaired.map((what): Row => ["repaired", what]),
    ...(asked && repaired.length === 0 ? [["repaired", "nothing: there was nothing to repair"] as const] : []),
    ...findings.flatMap(({ severity, message, hint }): Row[] => [
      [severity === "damage" ? "problem" : "note", message],
      ["Try", hint, "whole"],
    ]),
    ...(findings.length === 0 ? [["result", "everything is all right"] as const] : []),
  ];
}
