// Chat templates come with models, and the engine's library would render them without any limit.
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { afterAll, expect, it } from "vitest";
import { Home } from "../support/oslm.js";
import { scriptedModel } from "../support/scripted-model.js";

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
