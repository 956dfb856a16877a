// Chat templates come with models, and the engine's library would render them without any limit.
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { afterAll, expect, it } from "vitest";
import { startFakeHub } from "../support/fake-hub.js";
import { Home } from "../support/oslm.js";
import { GO, scriptedModel } from "../support/scripted-model.js";

const home = new Home();
afterAll(() => home.remove());

const nested = (depth: number): string =>
  depth === 0 ? "x" : `{% for a${depth} in range(1000) %}${nested(depth - 1)}{% endfor %}`;

it.concurrent.each([
  ["loops for hours", nested(5), /1 million steps/],
  ["writes 3 MB", `{% for a in range(3000) %}${"x".repeat(1000)}{% endfor %}`, /2 million characters/],
])("a template that %s ends with 9 and the reason, in seconds", async (what, template, reason) => {
  const file = join(home.path, `${what}.gguf`);
  writeFileSync(file, scriptedModel({ script: ["yes"], template }));
  const started = performance.now();
  const { code, stdout, stderr } = await home.run(["run", file, "hi"]);
  expect([code, stdout, stderr]).toEqual([9, "", expect.stringMatching(/^oslm: .*template.*\n {2}.*\nTry: .*\n$/)]);
  expect(stderr).toMatch(reason);
  expect(performance.now() - started).toBeLessThan(15_000);
});

it.concurrent.each([
  ["a syntax error", "{% if %}", /^chat template\tbroken: .+$/m],
  ["too many steps", nested(5), /^chat template\tbroken: .*1 million steps.*$/m],
  ["its own refusal", "{{ raise_exception('never') }}", /^chat template\tbroken: never$/m],
])("show says of a template with %s that it is broken, and why", async (what, template, line) => {
  const file = join(home.path, `${what}.gguf`);
  writeFileSync(file, scriptedModel({ script: ["yes"], template }));
  expect((await home.run(["show", file])).stdout).toMatch(line);
  const { stdout } = await home.run(["show", file, "--json=chatTemplate,templateError"]);
  expect(JSON.parse(stdout)).toEqual({ chatTemplate: true, templateError: expect.any(String) });
  expect((await home.run(["chat", file, "--plain"], { stdin: "hi\n" })).stderr).toContain("cannot be used");
});

it("a template too long to be kept is refused, and is not taken for that of a base model", async () => {
  const file = join(home.path, "long.gguf");
  writeFileSync(file, scriptedModel({ script: ["yes"], template: "x".repeat(2 ** 20 + 1) }));
  const reason = "the template is longer than 200000 characters";
  expect((await home.run(["show", file])).stdout).toContain(`chat template\tbroken: ${reason}\n`);
  const { code, stdout, stderr } = await home.run(["run", file, "hi"]);
  expect([code, stdout, stderr]).toEqual([9, "", expect.stringContaining(`${reason}\n`)]);
  expect((await home.run(["complete", file, "hi", "-n", "1"])).code).toBe(0);
});

it("warns where the template leaves the question out", async () => {
  const file = join(home.path, "deaf.gguf");
  writeFileSync(file, scriptedModel({ script: ["yes"], template: `{{ "hello${GO}" }}` }));
  const heard = join(home.path, "heard.gguf");
  writeFileSync(heard, scriptedModel({ script: ["yes"], template: `{{ messages[-1].content | upper }}${GO}` }));
  const warning = /^warning: the model's chat template leaves the question out: .*oslm complete/m;
  const [said, chat, json, complete, other] = await Promise.all([
    home.run(["run", file, "why?"]),
    home.run(["chat", file, "--plain"], { stdin: "why?\nhow?\n" }),
    home.run(["run", file, "why?", "--json"]),
    home.run(["complete", file, "why?", "-n", "1"]),
    home.run(["run", heard, "why?", "--json"]),
  ]);
  expect([said.code, said.stdout, said.stderr]).toEqual([0, "yes\n", expect.stringMatching(warning)]);
  expect(chat.stderr.match(/leaves the question out/g)).toHaveLength(1);
  expect([JSON.parse(json.stdout), json.stderr]).toEqual([expect.objectContaining({ leavesOut: "question" }), ""]);
  expect(complete.stderr).not.toContain("leaves the question out");
  expect(JSON.parse(other.stdout)).not.toHaveProperty("leavesOut");
});

it("a pull tells that the template cannot be used, once, and stores the model", async () => {
  const broken = scriptedModel({ script: ["yes"], template: "{% for x in range(1000000000) %}{% endfor %}" });
  const sound = scriptedModel({ script: ["yes"], template: "{{ messages[-1].content }}" });
  const card = { license: "mit" };
  const hub = await startFakeHub({
    repos: [
      { id: "org/broken", files: { "m-Q4_0.gguf": broken }, card },
      { id: "org/sound", files: { "m-Q4_0.gguf": sound }, card },
    ],
  });
  const away = new Home({ HF_ENDPOINT: hub.endpoint });
  try {
    const { code, stdout, stderr } = await away.run(["pull", "org/broken"]);
    expect([code, stdout]).toEqual([0, expect.stringContaining("m-Q4_0.gguf")]);
    expect(stderr.match(/^warning: .*template cannot be used.*: range of 1000000000 values.*$/gm)).toHaveLength(1);
    expect((await away.run(["pull", "org/sound"])).stderr).not.toContain("template");
  } finally {
    await hub.close();
    away.remove();
  }
});
