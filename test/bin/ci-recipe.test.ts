// The recipes of docs/ci.md, run as they stand there: by sh, with the built program, against a Hub.
import { spawn } from "node:child_process";
import { chmodSync, existsSync, mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { parseXml, type XmlElement } from "@rgrove/parse-xml";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { parse } from "yaml";
import { BIN, type Result } from "../support/oslm.js";
import { openPolicyRoom, type PolicyRoom } from "../support/policy-room.js";

const DOC = readFileSync(new URL("../../docs/ci.md", import.meta.url), "utf8");
const blocks = (language: string) =>
  [...DOC.matchAll(new RegExp(`^\`\`\`${language}\\n([^]*?)^\`\`\``, "gm"))].map(([, text = ""]) => text);

describe.skipIf(process.platform === "win32")("the recipe for", () => {
  let room: PolicyRoom;
  beforeEach(async () => {
    room = await openPolicyRoom();
    room.put("license:\n  deny: [non-commercial]\n");
    const bin = join(room.home.path, "bin");
    mkdirSync(bin);
    writeFileSync(join(bin, "oslm"), `#!/bin/sh\nexec "${process.execPath}" "${BIN}" "$@"\n`);
    chmodSync(join(bin, "oslm"), 0o755);
  });
  afterEach(() => room.close());

  /** As CI does it: no terminal, the project as the working directory. */
  function sh(script: string, args: readonly string[], env: Record<string, string> = {}): Promise<Result> {
    return new Promise((resolve, reject) => {
      const path = `${join(room.home.path, "bin")}:${process.env.PATH}`;
      const options = { cwd: room.project, env: { ...room.home.env, CI: "true", PATH: path, ...env } };
      const child = spawn("sh", ["-c", script, "licenses.sh", ...args], {
        ...options,
        stdio: ["ignore", "pipe", "pipe"],
      });
      const said = { stdout: "", stderr: "" };
      for (const stream of ["stdout", "stderr"] as const) {
        child[stream].setEncoding("utf8").on("data", (text: string) => {
          said[stream] += text;
        });
      }
      child.on("error", reject).on("close", (code) => resolve({ code, ...said }));
    });
  }

  /** Name and outcome of each test in the report. */
  function reported(): string[][] {
    const { root } = parseXml(readFileSync(join(room.project, "reports", "licenses.xml"), "utf8"));
    const inside = (one: XmlElement) => one.children.filter((child) => child.type === "element") as XmlElement[];
    const [suite] = root === null ? [] : inside(root);
    const cases = suite === undefined ? [] : inside(suite);
    return cases.map((one) => [
      one.attributes.name ?? "",
      ...inside(one).flatMap(({ name }) => (name === "system-out" ? [] : name)),
    ]);
  }

  it("a shell fails on a denied license and passes on an allowed one", async () => {
    const [script = ""] = blocks("sh");
    const denied = await sh(script, ["org/free", "org/nc"]);
    expect([denied.code, denied.stdout]).toEqual([5, expect.stringContaining("A license does not pass")]);
    expect(denied.stderr).toContain("oslm.yaml:2 deny class non-commercial");
    expect(reported()).toEqual([["org/free"], ["org/nc", "failure"]]);
    const passing = await sh(script, ["org/free"]);
    expect([passing.code, passing.stdout]).toEqual([0, "All licenses pass.\n"]);
    expect(reported()).toEqual([["org/free"]]);
    const missing = await sh(script, ["org/none", "org/free"]);
    expect([missing.code, missing.stdout]).toEqual([3, expect.stringContaining("exit code 3")]);
    expect(reported()).toEqual([["org/none", "error"], ["org/free"]]);
    expect(room.weights()).toEqual([]);
  });

  it("a shell lets pass what a variable accepts, but nothing that is denied", async () => {
    const [script = ""] = blocks("sh");
    expect((await sh(script, ["org/llama"])).code).toBe(5);
    const accepted = { OSLM_ACCEPT_LICENSE: "llama3.1,cc-by-nc-4.0" };
    expect((await sh(script, ["org/llama"], accepted)).code).toBe(0);
    expect((await sh(script, ["org/nc"], accepted)).code).toBe(5);
  });

  it("GitHub runs the same, and keeps the report when it failed", async () => {
    const [job = ""] = blocks("yaml");
    const { steps, env } = parse(job).jobs.licenses;
    const { run } = steps.find(({ run: line = "" }) => line.startsWith("oslm"));
    // oslm is not published: its name in a registry could become anybody's.
    const [install = ""] = steps.flatMap(({ run: line = "" }) => (line.includes("npm install") ? [line] : []));
    expect(install).toMatch(/^echo "\$OSLM_SHA256 {2}(\S+)" \| sha256sum --check\nnpm install --global \.\/\1\n$/);
    expect(env.OSLM_SHA256).toMatch(/^0{64}$/);
    expect(env.MODELS).toMatch(/^\S+ \S+$/);
    expect((await sh(run, [], { MODELS: "org/free org/nc" })).code).toBe(5);
    const upload = steps.find(({ uses = "" }) => uses.startsWith("actions/upload-artifact"));
    expect(upload.if).toBe("always()");
    expect(existsSync(join(room.project, upload.with.path))).toBe(true);
    expect(reported()).toEqual([["org/free"], ["org/nc", "failure"]]);
    expect((await sh(run, [], { MODELS: "org/free" })).code).toBe(0);
  });

  it("a place without network looks once, and needs none after that", async () => {
    const [, script = ""] = blocks("sh");
    const at = async (repo: string) =>
      `${repo}@${JSON.parse((await room.oslm(["license", repo, "--json"])).stdout).commit}`;
    const [free, nc] = [await at("org/free"), await at("org/nc")];
    expect((await sh(script, [free])).code).toBe(0);
    const requests = room.hub.requests.length;
    expect(requests).toBeGreaterThan(0);
    expect((await sh(script, [free])).code).toBe(0);
    expect(room.hub.requests).toHaveLength(requests);
    expect((await sh(script, [free, nc])).code).toBe(5);
    expect(reported()).toEqual([[free], [nc, "failure"]]);
    // A branch that moves must not be judged by what it was.
    expect(await sh(script, [free, "org/free"])).toMatchObject({ code: 2, stdout: "org/free names no commit\n" });
  });
});
