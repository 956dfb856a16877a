// What the end of a rehearsal says, and rehearsals that end so: processes that are killed, fall, hang, and fine ones.
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import { afterAll, describe, expect, it } from "vitest";
import { EngineLog, saysOutOfMemory } from "../../src/runtime/llama/engine-log.js";
import { judge, rehearse } from "../../src/runtime/llama/rehearse.js";
import { DEMO } from "../support/oslm.js";

const folder = mkdtempSync(join(tmpdir(), "oslm-rehearse-"));
afterAll(() => rmSync(folder, { recursive: true }));

const options = {
  path: DEMO,
  ctx: 256,
  batch: 256,
  threads: 1,
  gpuLayers: 0,
  useMmap: false,
  kvType: "f16",
  real: false,
  spare: 0,
  bytes: 0,
} as const;
let count = 0;
/** A program in place of the rehearsal. */
const program = (source: string) => {
  const path = join(folder, `${count++}.cjs`);
  writeFileSync(path, source);
  return pathToFileURL(path);
};
const after = (source: string, more: { real?: boolean } = {}, signal?: AbortSignal) =>
  rehearse({ ...options, ...more }, signal, program(source));

describe.skipIf(process.platform !== "linux")("rehearse", () => {
  it("says what the engine counts for a sound model", async () => {
    const script = new URL("../../dist/parts/rehearsal.js", import.meta.url);
    expect(await rehearse(options, undefined, script)).toEqual({ is: "fine", ram: expect.any(Number) });
    const real = await rehearse({ ...options, real: true, spare: 1000 }, undefined, script);
    expect(real).toEqual({ is: "fine", ram: expect.any(Number) });
  });

  it("tells a refusal from a want of memory", async () => {
    const reply = (failed: string) => `process.stdout.write(JSON.stringify({ failed: ${JSON.stringify(failed)} }))`;
    expect(await after(reply("unknown model architecture"))).toEqual({
      is: "refused",
      reason: "unknown model architecture",
    });
    expect(await after(reply("failed to allocate CPU buffer of size 99"))).toMatchObject({ is: "out-of-memory" });
  });

  it("knows a process that the system killed for memory", async () => {
    expect(await after("process.kill(process.pid, 'SIGKILL')", { real: true })).toMatchObject({ is: "out-of-memory" });
    expect(await after("console.error('Fatal process OOM'); process.abort()")).toMatchObject({ is: "out-of-memory" });
  });

  it("knows a process that the file brought down, and why", async () => {
    const assertion = "/home/x/llama.cpp/src/models/bloom.cpp:68: GGML_ASSERT(a == b) failed";
    expect(await after(`console.error(${JSON.stringify(assertion)}); process.abort()`)).toEqual({
      is: "hostile",
      reason: "bloom.cpp:68: GGML_ASSERT(a == b) failed",
    });
    const thrown = "terminate called after throwing an instance of 'std::out_of_range'\n  what():  _Map_base::at";
    expect(await after(`console.error(${JSON.stringify(thrown)}); process.abort()`)).toMatchObject({ is: "hostile" });
    expect(await after("process.kill(process.pid, 'SIGSEGV')")).toEqual({
      is: "hostile",
      reason: "it ended with SIGSEGV",
    });
  });

  it("knows nothing of one that ended by itself without a word", async () => {
    expect(await after("process.exit(3)")).toEqual({ is: "unknown" });
    expect(await after("console.log('no JSON')")).toEqual({ is: "unknown" });
  });

  it("blames no file for what somebody else did, for the library, or for a slow disk", async () => {
    const ended = "process.kill(process.pid, 'SIGTERM'); setInterval(() => {}, 1000)";
    expect(await after(ended)).toEqual({ is: "unknown" });
    expect(await after(ended, { real: true })).toMatchObject({ is: "out-of-memory" });
    const gone = `process.stdout.write(JSON.stringify({ unavailable: "Cannot find module" }))`;
    expect([await after(gone), await after(gone, { real: true })]).toEqual([{ is: "unknown" }, { is: "unknown" }]);
    const forever = { code: null, signal: "SIGKILL" };
    const silent = { out: "", errors: "" };
    expect(judge(forever, silent, { real: false, late: true })).toMatchObject({ is: "hostile" });
    expect(judge(forever, silent, { real: true, late: true })).toMatchObject({ is: "refused" });
  });

  it("lets no load go ahead whose rehearsal with all its memory has ended", async () => {
    for (const end of ["process.exit(134)", "process.kill(process.pid, 'SIGBUS')", "process.abort()"])
      expect(await after(end, { real: true })).toMatchObject({ is: "out-of-memory" });
    const failed = "console.error('/x/ggml.c:9: GGML_ASSERT(ctx->mem_buffer != NULL) failed'); process.abort()";
    expect(await after(failed)).toMatchObject({ is: "out-of-memory" });
  });

  it("lets only a load go ahead that leaves memory where no process can be made", async () => {
    // The system refuses so long an argument, and Node throws that, as it throws a want of memory.
    const path = "x".repeat(200_000);
    expect(await rehearse({ ...options, path }, undefined, program(""))).toEqual({ is: "unknown" });
    const real = await rehearse({ ...options, path, real: true }, undefined, program(""));
    expect(real).toEqual({ is: "refused", reason: "no process could be started to try it in first" });
  });

  it("ends it when it is interrupted", async () => {
    const interruption = new AbortController();
    const waiting = after("setInterval(() => {}, 1000)", {}, interruption.signal);
    setTimeout(() => interruption.abort(new Error("stop")), 100);
    await expect(waiting).rejects.toThrow("stop");
  });

  it("ends it when it is interrupted before it has begun", async () => {
    const interruption = new AbortController();
    const waiting = after("setInterval(() => {}, 1000)", {}, interruption.signal);
    interruption.abort(new Error("stop"));
    await expect(waiting).rejects.toThrow("stop");
    await expect(after("", {}, interruption.signal)).rejects.toThrow("stop");
  });
});

it("lines about memory are the reason of a failure, wherever they stand", () => {
  const log = new EngineLog();
  log.write(3, "llama_model_load: error loading model: unable to allocate");
  log.write(3, "alloc_tensor_range: failed to allocate CPU_REPACK buffer of size 477184000");
  log.write(3, "llama_model_load_from_file_impl: failed to load model");
  expect(log.reason()).toContain("CPU_REPACK");
  for (const line of [
    "ggml_backend_cuda_buffer_type_alloc_buffer: allocating 512.00 MiB on device 0: cudaMalloc failed: out of memory",
    "ggml_vulkan: Device memory allocation of size 1073741824 failed.",
    "llama_model_load: error loading model: mmap failed: Cannot allocate memory",
    "std::bad_alloc",
  ])
    expect(saysOutOfMemory(line)).toBe(true);
  expect(saysOutOfMemory("error loading model: missing tensor 'token_embd.weight'")).toBe(false);
});
