// Another model in the middle of a conversation: what is said where it cannot be had, and whether there is room for both.
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { afterEach, beforeEach, expect, it } from "vitest";
import { PROCESS } from "../../src/fit/overhead.js";
import { importListener, SAID } from "../support/listener.js";
import { Home } from "../support/oslm.js";
import { licensePart } from "../support/policy.js";

let home: Home;
beforeEach(async () => {
  home = new Home();
  await importListener(home, "second");
});
afterEach(() => home.remove());

/** What `oslm run` says, as a chat says it. */
function told(report: string, goesOn = "demo"): string {
  const [sentence = "", fact, hint] = report.trimEnd().split("\n");
  return `${sentence.replace("oslm: ", "warning: ")}\n${fact}\n  ${hint}\n${goesOn} goes on.\n`;
}

it("goes there and back by lines, and through a pipe", async () => {
  const { code, stdout, stderr } = await home.run(["chat", "demo"], {
    stdin: "How do I pull a model?\n/model second\nAnd?\n/model demo\nHow do I pull a model?\n/model demo\n/model\n",
  });
  expect([code, stdout]).toEqual([0, expect.stringMatching(new RegExp(`oslm pull[\\s\\S]*${SAID}[\\s\\S]*oslm pull`))]);
  expect(stderr).toMatch(/second goes on[\s\S]*demo goes on[\s\S]*demo answers already\.[\s\S]*one of demo, second/);
});

it("says what `oslm run` would when the other cannot be had, and stays", async () => {
  const broken = await importListener(home, "broken");
  writeFileSync(broken, "GGUF, but no more");
  const policy = join(home.path, "policy.yaml");
  writeFileSync(policy, licensePart("deny: [unknown]"));
  const names = ["no//name", "second", "broken", "./nowhere.gguf"];
  const same = ["--offline", "--policy", policy];
  const alone = await Promise.all(names.map((name) => home.run(["run", name, "Hi", ...same])));
  const { code, stdout, stderr } = await home.run(["chat", "demo", ...same], {
    stdin: [...["nope", ...names].map((name) => `/model ${name}\n`), "How do I pull a model?\n"].join(""),
  });
  expect([code, stdout]).toEqual([0, expect.stringContaining("oslm pull")]);
  expect(stderr).toContain(told("oslm: nope is not on this disk\n  No stored model has that name.\nTry: oslm list\n"));
  for (const one of alone) expect(stderr).toContain(told(one.stderr));
});

interface Need {
  readonly total: number;
  /** Without the process itself. */
  readonly held: number;
}

async function need(name: string): Promise<Need> {
  const { stdout } = await home.run(["fit", name, "--json"], { cwd: home.path });
  const { total } = JSON.parse(stdout).variants[0].estimate;
  return { total, held: total - PROCESS };
}

it("lets the first go where both do not fit, and loads it again when the other cannot be loaded after all", async () => {
  await importListener(home, "broken", { "tokenizer.ggml.model": "unheard of" });
  const [demo, second] = await Promise.all([need("demo"), need("./second.gguf")]);
  // Each alone fits, both together do not; 5 % stays free.
  const ram = Math.ceil((Math.max(demo.total, second.total) + 500_000) / 0.95);
  expect(ram * 0.95).toBeLessThan(second.total + demo.held);
  const { code, stdout, stderr } = await home.run(["chat", "demo", "--ram", `${ram}B`], {
    stdin: "How do I pull a model?\n/model broken\nHow do I pull a model?\n/model second\nAnd?\n",
  });
  expect([code, stdout]).toEqual([0, expect.stringMatching(new RegExp(`oslm pull[\\s\\S]*oslm pull[\\s\\S]*${SAID}`))]);
  expect(stderr).toMatch(/could not be loaded[\s\S]*unknown tokenizer[\s\S]*demo goes on\.[\s\S]*second goes on/);
});

it("leaves the first alone when the other would not fit without it either", async () => {
  const [demo, second] = await Promise.all([need("demo"), need("./second.gguf")]);
  const ram = Math.ceil((second.total + demo.total) / 2 / 0.95);
  const run = await home.run(["run", "demo", "Hi", "--ram", `${ram}B`]);
  const { code, stdout, stderr } = await home.run(["chat", "second", "--ram", `${ram}B`], {
    stdin: "Hi\n/model demo\nAnd?\n",
  });
  expect([run.code, code, stdout]).toEqual([6, 0, `of it.\n${SAID}\n`]);
  expect(stderr).toContain(told(run.stderr, "second"));
});
