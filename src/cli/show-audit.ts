// oslm fit --audit: predicted against measured memory of past loads.
import { basename } from "node:path";
import type { AuditedLoad } from "../app/fit/fit-audit.js";
import { isFilePath } from "../model/ref.js";
import { formatAgo, formatBytes } from "../ui/format.js";
import type { Column } from "../ui/table.js";
import { wrap } from "../ui/wrap.js";
import type { Context } from "./context.js";
import { sayBandwidth, sayCorrection } from "./say-calibration.js";

const FIELDS = [
  ...["loads", "file", "correction", "telling", "needed", "lastAt"],
  ...["bandwidth", "bandwidthMeasuredAt", "memorySpeed", "cores"],
];

/** Below this the circumstances of a load make room for its figures. */
const WIDE = 110;
const ONLY_WIDE = new Set(["KV", "GPU LAYERS", "FILE", "WHEN"]);

export async function showAudit({ world, out }: Context): Promise<void> {
  const { auditFit } = await import("../app/fit/fit-audit.js");
  const audit = await auditFit(world);
  if (out.json) return out.document(audit, FIELDS);
  const now = world.now();
  const size = (bytes: number) => (bytes < 0 ? `-${formatBytes(-bytes)}` : formatBytes(bytes));
  const percent = (error: number) => `${error > 0 ? "+" : ""}${error} %`;
  const columns: Column<AuditedLoad>[] = [
    // Of a path the end tells more.
    { header: "MODEL", text: ({ ref }) => (isFilePath(ref) ? basename(ref) : ref), raw: (row) => row.ref },
    { header: "CTX", text: (row) => String(row.ctx), right: true },
    { header: "KV", text: (row) => row.kvType },
    { header: "GPU LAYERS", text: (row) => String(row.gpuLayers), right: true },
    { header: "FILE", text: (row) => (row.mapped ? "mapped" : "read") },
    { header: "PREDICTED", text: (row) => size(row.predicted), raw: (row) => String(row.predicted), right: true },
    { header: "MEASURED", text: (row) => size(row.measured), raw: (row) => String(row.measured), right: true },
    {
      header: "ERROR",
      text: (row) => percent(row.error),
      raw: (row) => String(row.error),
      right: true,
    },
    { header: "WHEN", text: (row) => formatAgo(new Date(row.at), now), raw: (row) => row.at },
    {
      header: "ENGINE",
      text: ({ engine }) => (engine ? `${size(engine.counted)} (${percent(engine.error)})` : "-"),
      raw: ({ engine }) => String(engine?.counted ?? ""),
      right: true,
    },
  ];
  const narrow = out.terminal.stdoutTty && out.terminal.width < WIDE;
  out.rows(audit.loads, {
    columns: narrow ? columns.filter(({ header }) => !ONLY_WIDE.has(header)) : columns,
    fields: ["ref", "ctx", "kvType", "gpuLayers", "mapped", "predicted", "measured", "error", "at", "engine"],
    id: (row) => row.ref,
    whenEmpty: "Nothing has been run yet. Try: oslm run demo hello",
  });
  if (audit.loads.length === 0) return;
  const note = (text: string) => out.note(wrap(text, out.terminal.width, "  "));
  note(`Predictions here: ${sayCorrection(audit, now)}.`);
  if (!out.terminal.stdoutTty) return;
  note(`Speed of memory here: ${sayBandwidth(audit, now)}.`);
  note(`Recorded in ${audit.file}`);
}
