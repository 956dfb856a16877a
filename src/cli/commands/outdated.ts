// oslm outdated: what changed on the Hub since the models on this disk were pulled.
import { Command } from "commander";
import type { Change, ComparedModel, FileFact } from "../../app/stored/model-changes.js";
import type { OutdatedRequest } from "../../app/stored/outdated.js";
import { OslmError } from "../../errors.js";
import { quoted } from "../../model/quoted.js";
import { formatBytes } from "../../ui/format.js";
import { type Column, renderTable } from "../../ui/table.js";
import type { Context, ContextOf } from "../context.js";

interface OutdatedOptions {
  readonly license?: boolean;
  readonly exitCode?: boolean;
}

export function makeOutdatedCommand(contextOf: ContextOf, run = runOutdated): Command {
  return new Command("outdated")
    .description("what changed on the Hub since models were pulled")
    .argument("[models...]", "as `oslm list` names them; all unless given")
    .option("--license", "compare licenses too: id, texts, gate, base models and the verdict")
    .option("--exit-code", "exit code 10 when something changed")
    .action((names: string[], { license = false, exitCode = false }: OutdatedOptions) =>
      run(contextOf(), { names, license }, exitCode),
    );
}

interface Row {
  readonly model: string;
  readonly change: Change;
}

const COLUMNS: readonly Column<Row>[] = [
  { header: "MODEL", text: ({ model }) => model },
  { header: "CHANGED", text: ({ change: { what, path } }) => (path === null ? what : `${what} ${path}`) },
  { header: "BEFORE", text: ({ change }) => text(change.before), raw: ({ change }) => raw(change.before) },
  { header: "NOW", text: ({ change }) => text(change.now), raw: ({ change }) => raw(change.now) },
];

/** The table comes in any case; then the error, if something changed and that was asked for. */
export async function runOutdated({ world, out }: Context, request: OutdatedRequest, exitCode: boolean): Promise<void> {
  const { compareWithHub } = await import("../../app/stored/outdated.js");
  const models = await compareWithHub(world, request);
  const changed = models.filter(({ changes }) => changes.length > 0);
  const rows = changed.flatMap(({ name, changes }) => changes.map((change) => ({ model: name, change })));
  if (out.json) {
    out.document(models, ["name", "repo", "commit", "quant", "revision", "latest", "fetchBytes", "changes"]);
  } else if (out.mode.kind === "quiet") for (const { name } of changed) out.line(name);
  else out.terminal.stdout.write(renderTable(rows, COLUMNS, out.terminal));
  out.note(summary(models, changed));
  const [first] = changed;
  if (!exitCode || first === undefined) return;
  throw new OslmError("outdated", {
    models: changed.map(({ name }) => name),
    checked: models.length,
    instead: `oslm pull ${quoted(first.name)}`,
  });
}

function summary(models: readonly ComparedModel[], changed: readonly ComparedModel[]): string {
  if (models.length === 0) return "None of these models came from the Hub. Try: oslm pull qwen2:0.5b";
  if (changed.length === 0) return `Nothing changed on the Hub (models: ${models.length}).`;
  const bytes = changed.reduce((sum, { fetchBytes }) => sum + fetchBytes, 0);
  const size = bytes > 0 ? `; to fetch: ${formatBytes(bytes)}, by oslm pull` : "";
  return `${changed.length} of ${models.length} changed on the Hub${size}.`;
}

function text(value: Change["before"] | Change["now"]): string {
  if (value === null) return "none";
  if (typeof value !== "string") return `${formatBytes(value.size)}${short(value)}`;
  return /^[0-9a-f]{64}$/.test(value) ? value.slice(0, 12) : value;
}

function short({ sha256 }: FileFact): string {
  return sha256 === null ? "" : ` ${sha256.slice(0, 12)}`;
}

function raw(value: Change["before"] | Change["now"]): string {
  if (value === null || typeof value === "string") return value ?? "";
  return value.sha256 === null ? String(value.size) : `${value.size} ${value.sha256}`;
}
