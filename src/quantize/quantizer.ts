// The quantizer's process: the library is called here, so that what ends it ends nothing else, and killing it cancels. Reads one line, a
// QuantizerRequest, and writes QuantizerReplies. It ends with whoever asked, and leaves nothing then.
import { rmSync } from "node:fs";
import { isOslmError } from "../errors.js";
import { importanceKeys } from "./imatrix.js";
import { openImatrix } from "./imatrix-file.js";
import type { QuantizerReply, QuantizerRequest } from "./job.js";
import { layoutFault } from "./layout.js";
import { type NativeQuantizer, openQuantizer } from "./native.js";

let writing: string | undefined;

async function work({ library, imatrix: file, calls }: QuantizerRequest): Promise<void> {
  let native: NativeQuantizer;
  try {
    native = openQuantizer(library);
  } catch (error) {
    return say({ is: "no-quantizer", reason: error instanceof Error ? error.message : String(error) });
  }
  const fault = layoutFault(native.readDefaults());
  if (fault !== undefined) return say({ is: "no-quantizer", reason: `llama.cpp ${native.version}: ${fault}` });
  let matrix: Awaited<ReturnType<typeof openImatrix>> | undefined;
  try {
    matrix = file === undefined ? undefined : await openImatrix(file);
  } catch (error) {
    if (!isOslmError(error, "bad-imatrix")) throw error;
    return say({ is: "bad-imatrix", reason: error.facts.reason });
  }
  if (matrix !== undefined) say({ is: "keys", pairs: importanceKeys(matrix) });
  native.onLog((text) => say({ is: "log", text }));
  for (const call of calls) {
    writing = call.dryRun ? undefined : call.output;
    const code = await native.quantize(call, matrix);
    say({ is: "ended", code });
  }
  writing = undefined;
}

function say(reply: QuantizerReply): void {
  process.stdout.write(`${JSON.stringify(reply)}\n`);
}

/** The end of the input means that nobody waits for the result any more, however that came about. */
function end(): void {
  if (writing !== undefined) rmSync(writing, { force: true });
  process.kill(process.pid, "SIGKILL");
}

// What a terminal sends goes to all of its processes; the one that asked decides, or ends, and then this one ends as well.
for (const signal of ["SIGINT", "SIGQUIT", "SIGHUP"] as const) process.on(signal, () => {});
let line = "";
process.stdin
  .setEncoding("utf8")
  .on("data", (text: string) => {
    const began = line.includes("\n");
    line += text;
    if (began || !line.includes("\n")) return;
    work(JSON.parse(line) as QuantizerRequest).then(
      () => process.stdout.write("", () => process.exit(0)),
      (error: unknown) => {
        process.stderr.write(`${error instanceof Error ? error.stack : String(error)}\n`, () => process.exit(1));
      },
    );
  })
  .once("end", end)
  .once("error", end);
