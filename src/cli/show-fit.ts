// What `oslm fit` shows of one model.
import { styleText } from "node:util";
import type { ContextFit, FitReport, FitRow } from "../app/fit/fit.js";
import { again, type Stuck } from "../app/fit/ways-out.js";
import { usableRam, usableVram } from "../fit/capacity.js";
import type { Bytes, Estimate, Host } from "../model/types.js";
import { formatBytes } from "../ui/format.js";
import { cacheMark, countTokens, formatTokens, quantizedCacheLegend } from "../ui/format-tokens.js";
import { barLegend, colorBar, memoryBar } from "../ui/memory-bar.js";
import type { Output } from "../ui/output.js";
import type { Column } from "../ui/table.js";
import { wrap } from "../ui/wrap.js";
import { hostDocument } from "./host-document.js";
import { warnOfContext } from "./warn-context.js";

const FIELDS = [
  ...["quant", "size", "files", "estimate", "fits", "reason"],
  ...["layers", "longestContext", "longestContextKvType", "tokensPerSecond", "bitsPerWeight", "loss"],
] as (keyof FitRow)[];

const FACE = { fields: FIELDS, id: (row: FitRow) => row.quant, whenEmpty: "No quantizations." } as const;
/** --json names all. */
const MOST_NAMED = 3;
/** Below 100 columns the bar makes room, below 76 it goes, and below 60 what is not on memory goes too. */
const [NARROW, NARROW_BAR, BAR] = [100, 12, 16];
const [NO_BAR, NARROWEST] = [76, 60];

/** The report as one document. @param all the contexts as well where it is but one */
export function fitDocument(report: FitReport, all: boolean): object {
  const plain = ({ variants, ...rest }: ContextFit) => ({
    ...rest,
    variants: variants.map(({ chosen: _, ...row }) => row),
  });
  const { ref, givenBy, host, trainedFor, leftOut, contexts, converted = null, images = null, ...more } = report;
  const { obstacle: _, ...first } = more;
  const several = all || contexts.length > 1 ? { contexts: contexts.map(plain) } : {};
  return {
    ref,
    givenBy,
    host: hostDocument(host),
    trainedFor,
    leftOut,
    converted,
    images,
    ...plain(first),
    ...several,
  };
}

/** One table; several contexts give one column each. @param asked the command and what it said of the machine, to print again */
export function showFit(report: FitReport, out: Output, asked: Stuck): void {
  const { ref, host, contexts, variants, trainedFor, obstacle } = report;
  const { stdoutTty: people, width } = out.terminal;
  const note = (text: string, indent = "") => out.note(wrap(text, width, indent));
  const several = contexts.length > 1;
  const lengths = several
    ? `contexts of ${contexts.map((one) => formatTokens(one.ctx)).join(", ")} tokens`
    : `context of ${countTokens(report.ctx, formatTokens(report.ctx))}`;
  const left = leftOutLine(report);
  if (left !== undefined) out.note(people ? wrap(left, width, "  ") : left);
  note(`${ref}, ${lengths}; ${machine(host)}`, "  ");
  if (report.givenBy !== null) note(`${ref} is a name of ${report.givenBy}`);
  if (report.converted !== undefined) {
    const { architecture, bytes } = report.converted;
    note(
      `no GGUF files: a pull downloads a checkpoint of ${architecture}, ${formatBytes(bytes)}, and converts it`,
      "  ",
    );
  }
  if (report.images !== undefined) note(sayImages(report.images), "  ");
  warnOfContext(
    out,
    contexts.map((one) => one.ctx),
    trainedFor,
  );
  const columns = several ? contextColumns(contexts) : people ? forPeople(host, width) : forPrograms;
  out.rows(variants, { columns, ...FACE });
  if (!people || out.mode.kind !== "human") return;
  if (!several && width >= NO_BAR) for (const line of barLegend(usable(host), width)) out.note(line);
  const caches = contexts.flatMap((one) =>
    one.variants.flatMap(({ fits, estimate, longestContextKvType }) => [
      fits ? estimate.kvType : null,
      longestContextKvType,
    ]),
  );
  const quantized = quantizedCacheLegend(caches);
  if (quantized !== undefined) note(quantized, "  ");
  const lines = several && obstacle === null ? contexts.map((one) => pickAt(one)) : outcome(report);
  for (const line of lines) note(line, "    ");
  const help = several && obstacle === null ? undefined : whatHelps(report, asked);
  // Never wrapped, so that it can be pasted.
  if (help !== undefined) out.note(`Try: ${help}`);
}

/** Texts alone need less: the projector is loaded with --image only. */
function sayImages({ kind, bytes, tokens }: NonNullable<FitReport["images"]>): string {
  const each = tokens === null ? "hundreds of tokens" : `${tokens} tokens`;
  return `reads images: its projector (${kind}) takes ${formatBytes(bytes)} of the sums below, and each image ${each} of the context`;
}

/** `* 32k: Q4_K_M: the best quality ...` */
function pickAt({ ctx, reasons: [first] }: ContextFit): string {
  return `* ${formatTokens(ctx)}: ${first ?? "nothing fits"}`;
}

/** `2 files left out: a.gguf (another model), b.gguf (...)`; nothing when there are none. */
function leftOutLine({ leftOut }: FitReport): string | undefined {
  if (leftOut.length === 0) return undefined;
  const named = leftOut.slice(0, MOST_NAMED).map(({ file, why }) => `${file} (${why})`);
  const more = leftOut.length > MOST_NAMED ? `, and ${leftOut.length - MOST_NAMED} more` : "";
  return `${leftOut.length} ${leftOut.length === 1 ? "file" : "files"} left out: ${named.join(", ")}${more}`;
}

/** The pick and its levers, or that there is none. */
function outcome({ reasons: [first, ...levers], ctx, obstacle }: FitReport): string[] {
  if (obstacle !== null) return [`Nothing here can be loaded: ${obstacle}.`];
  if (first !== undefined) return [`* ${first}`, ...levers.map((lever) => `  ${lever}`)];
  return [`Nothing fits with a context of ${countTokens(ctx)}.`];
}

/** A command, where nothing was picked. */
function whatHelps({ reasons, variants, obstacle }: FitReport, asked: Stuck): string | undefined {
  if (obstacle === null && reasons.length > 0) return undefined;
  const reach = obstacle === null ? Math.max(...variants.map(({ longestContext }) => longestContext ?? 0)) : 0;
  if (reach > 0) return again(asked, { ctx: reach });
  return again({ command: "oslm recommend", wishes: {}, machine: asked.machine }, {});
}

/** `22.6 GB RAM available, 8 GB VRAM free on RTX 3060`. */
export function machine({ ramAvailable, gpus, bandwidthUnknown: why }: Host): string {
  const vram = gpus.map(({ vramFree, name }) => `, ${formatBytes(vramFree)} VRAM free on ${name}`).join("");
  const speed = why === undefined ? "" : `; how fast the RAM is could not be measured: ${why}`;
  return `${formatBytes(ramAvailable)} RAM available${vram}${speed}`;
}

/** The first five are older than the others: scripts count columns. */
const forPrograms: readonly Column<FitRow>[] = [
  { header: "QUANT", text: ({ quant }) => quant },
  { header: "SIZE", text: ({ size }) => String(size) },
  { header: "NEEDS", text: ({ estimate }) => String(estimate.total) },
  { header: "FITS", text: (row) => (row.chosen ? "picked" : row.fits ? "yes" : "no") },
  { header: "WHY", text: ({ reason }) => reason },
  { header: "WHERE", text: where },
  { header: "MAX CTX", text: ({ longestContext }) => String(longestContext ?? "") },
  { header: "TOK/S", text: ({ tokensPerSecond }) => String(tokensPerSecond ?? "") },
  { header: "KV", text: ({ estimate }) => estimate.kvType },
  { header: "MAX CTX KV", text: ({ longestContextKvType }) => longestContextKvType ?? "" },
];

function forPeople(host: Host, width: number): readonly Column<FitRow>[] {
  const limit = usableBytes(host);
  const length = width < NARROW ? NARROW_BAR : BAR;
  const bar: Column<FitRow> = {
    header: "",
    text: ({ estimate }) => memoryBar(parts(estimate), limit, length),
    style: colorBar,
    whole: true,
  };
  const size: Column<FitRow> = { header: "SIZE", text: (row) => formatBytes(row.size), right: true };
  const speed: Column<FitRow> = {
    header: "TOK/S",
    text: ({ tokensPerSecond }) => (tokensPerSecond === null ? "-" : `~${tokensPerSecond}`),
    right: true,
  };
  const [withBar, withAll] = [width >= NO_BAR, width >= NARROWEST];
  return [
    { header: "  QUANT", text: ({ quant, chosen }) => `${chosen ? "*" : " "} ${quant}`, style: emphasis },
    ...(withAll ? [size] : []),
    { header: "NEEDS", text: ({ estimate }) => formatBytes(estimate.total), right: true, style: emphasis },
    ...(withBar ? [bar] : []),
    { header: "FITS", text: (row) => where(row) + cacheOf(row), style: emphasis },
    { header: "MAX CTX", text: reach, right: true },
    ...(withAll ? [speed] : []),
    // Of the picked one, all reasons stand below the table.
    { header: "WHY", text: ({ reason, chosen }) => (chosen ? "" : reason), prose: true },
  ];
}

function contextColumns(contexts: readonly ContextFit[]): readonly Column<FitRow>[] {
  const at = ({ variants }: ContextFit, { files: [file] }: FitRow) => variants.find(({ files }) => files[0] === file);
  return [
    { header: "QUANT", text: ({ quant }) => quant },
    { header: "SIZE", text: ({ size }) => formatBytes(size), raw: ({ size }) => String(size), right: true },
    ...contexts.map((one): Column<FitRow> => {
      const row = (of: FitRow) => at(one, of) ?? of;
      const mark = (of: FitRow) => (row(of).chosen ? "* " : row(of).fits ? "" : "no: ");
      return {
        header: formatTokens(one.ctx),
        text: (of) => mark(of) + formatBytes(row(of).estimate.total) + cacheOf(row(of)),
        raw: (of) => {
          const { chosen, fits, estimate } = row(of);
          return `${chosen ? "picked" : fits ? "yes" : "no"} ${estimate.total} ${estimate.kvType}`;
        },
        right: true,
        style: (text, of) => emphasis(text, row(of)),
      };
    }),
    {
      header: "MAX CTX",
      text: reach,
      raw: ({ longestContext }) => String(longestContext ?? ""),
      right: true,
    },
  ];
}

/** Which memory holds it. */
function where({ fits, estimate: { gpuLayers }, layers }: FitRow): string {
  if (!fits) return "no";
  if (gpuLayers === 0) return "RAM";
  return gpuLayers >= layers ? "GPU" : "GPU+RAM";
}

/** Of the load itself, which the row's memory is for. */
function cacheOf({ fits, estimate }: FitRow): string {
  return fits ? cacheMark(estimate.kvType) : "";
}

function reach({ longestContext: ctx, longestContextKvType: kvType }: FitRow): string {
  return ctx === null ? "-" : formatTokens(ctx) + cacheMark(kvType ?? "f16");
}

function emphasis(text: string, { chosen, fits }: FitRow): string {
  const style = chosen ? "bold" : fits ? undefined : "dim";
  return style === undefined ? text : styleText(style, text, { validateStream: false });
}

function parts({ total, weights, kvCache }: Estimate): { weights: Bytes; cache: Bytes; rest: Bytes } {
  return { weights, cache: kvCache, rest: total - weights - kvCache };
}

/** An Apple GPU's memory is the RAM. */
function usableBytes(host: Host): Bytes {
  const own = host.gpus.filter(({ backend }) => backend !== "metal");
  return own.reduce((sum, gpu) => sum + usableVram(gpu, host), usableRam(host));
}

function usable(host: Host): string {
  const own = host.gpus.filter(({ backend }) => backend !== "metal");
  const vram = own.map((gpu) => ` + ${formatBytes(usableVram(gpu, host))} VRAM`).join("");
  return `${formatBytes(usableRam(host))} RAM${vram}`;
}
