// oslm verify: reads the models on this disk again, and repairs what is damaged.
import { Command } from "commander";
import type { VerifiedFile, VerifyEvent, VerifyRequest } from "../../app/stored/verify.js";
import { OslmError } from "../../errors.js";
import { formatBytes } from "../../ui/format.js";
import type { Progress } from "../../ui/progress.js";
import type { Column } from "../../ui/table.js";
import type { Context, ContextOf } from "../context.js";
import { follow } from "../follow.js";
import { showDownload } from "../show-download.js";
import { showHashing } from "../show-hashing.js";

export function makeVerifyCommand(contextOf: ContextOf, run = runVerify): Command {
  return new Command("verify")
    .description("read stored models again and compare them with their hashes")
    .argument("[models...]", "as `oslm list` names them; all unless given")
    .option("--repair", "fetch again what is damaged or missing")
    .action((names: string[], { repair = false }: { repair?: boolean }) => run(contextOf(), { names, repair }));
}

const COLUMNS: readonly Column<VerifiedFile>[] = [
  { header: "MODEL", text: (row) => row.model },
  { header: "FILE", text: (row) => row.file },
  { header: "STATE", text: (row) => row.state },
];

/** The table comes in any case; then the error, if something is wrong. */
export async function runVerify(context: Context, request: VerifyRequest): Promise<void> {
  const { out } = context;
  const { rows, failure } = await verifyShown(context, request);
  out.rows(rows, {
    columns: COLUMNS,
    fields: ["model", "file", "path", "size", "sha256", "state", "actual", "fetchedBytes", "help"],
    id: (row) => `${row.state} ${row.path}`,
    whenEmpty: "No models yet. Try: oslm pull qwen2:0.5b",
  });
  const fetched = rows.reduce((sum, row) => sum + row.fetchedBytes, 0);
  if (fetched > 0) out.note(`${formatBytes(fetched)} fetched again and verified.`);
  if (failure !== undefined) throw failure;
  const wrong = rows.filter(({ state }) => state === "damaged" || state === "missing");
  const [first] = wrong;
  if (first !== undefined) {
    throw new OslmError("not-intact", { wrong, checked: rows.length, instead: first.help ?? "oslm verify --repair" });
  }
}

interface Shown {
  readonly rows: readonly VerifiedFile[];
  /** Why the first file that could not be repaired could not. */
  readonly failure: OslmError | undefined;
}

async function verifyShown({ world, out }: Context, request: VerifyRequest): Promise<Shown> {
  const { verify } = await import("../../app/stored/verify.js");
  const { createProgress } = await import("../../ui/progress.js");
  const progress = createProgress(out);
  let failure: OslmError | undefined;
  try {
    const rows = await follow(verify(world, request), (event) => {
      if (event.type === "unrepaired") failure ??= event.error;
      else show(event, progress);
    });
    return { rows, failure };
  } finally {
    progress.stop();
  }
}

function show(event: Exclude<VerifyEvent, { type: "unrepaired" }>, progress: Progress): void {
  if (event.type === "hashing" || event.type === "hashed") showHashing(event, progress);
  else if (event.type === "linked") progress.note(`${event.path} is a link to ${event.target}; it is not followed`);
  else if (event.type === "waiting") progress.note(`another oslm is working on ${event.repo}; waiting for it`);
  else showDownload(event, progress);
}
