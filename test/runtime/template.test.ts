import { existsSync, readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { afterEach, expect, it } from "vitest";
import { isOslmError } from "../../src/errors.js";
import { type Message, renderTemplate } from "../../src/runtime/template/render.js";
import { TemplateRenderer } from "../../src/runtime/template/renderer.js";

// The built one: a thread starts from a file.
const WORKER = new URL("../../dist/parts/worker.js", import.meta.url);

const NOW = new Date(2026, 10, 21, 9, 5, 7);
const input = (template: string, messages: Message[] = [{ role: "user", content: "hi" }]) => ({
  template,
  messages,
  bosToken: "<s>",
  eosToken: "</s>",
  now: NOW,
});

it("renders with the variables of transformers", () => {
  const template =
    "{{ bos_token }}{% for m in messages %}[{{ m['role'] }}] {{ m.content | trim }}{{ eos_token }}{% endfor %}{% if add_generation_prompt %}[assistant]{% endif %}";
  expect(renderTemplate(input(template))).toBe("<s>[user] hi</s>[assistant]");
});

it.each([
  ["{{ 'xy ab yx'.strip('xy') }}", " ab "],
  ["{{ '\n a \n\n'.rstrip('\n') }}", "\n a "],
  ["{{ '\n\n a'.lstrip('\n') }}", " a"],
  ["{{ '🦙a🦙'.strip('🦙') }}", "a"],
  ["{{ ' a '.strip() }}{{ ' b '.rstrip() }}", "a b"],
  ["{{ 'xx'.strip('x') }}|{{ 'a'.strip('') }}", "|a"],
  ["{% set d = {2: 'b', 1: 'a'} %}{% for k, v in d | dictsort %}{{ k + 1 }}{{ v }}{% endfor %}", "2a3b"],
  ["a\r\n{% if true %}\r\nb{% endif %}", "a\nb"],
])("gives for %j what Python gives", (template, text) => {
  expect(renderTemplate(input(template))).toBe(text);
});

it("knows the date", () => {
  expect(renderTemplate(input("{{ strftime_now('%d %b %Y') }} {{ strftime_now('%Y-%m-%d %H:%M:%S') }}"))).toBe(
    "21 Nov 2026 2026-11-21 09:05:07",
  );
});

it.each([
  ["a range that would fill the memory", "{% for i in range(1000000000) %}x{% endfor %}", /range of 1000000000/],
  ["a range beyond its limit", "{% for i in range(100001) %}x{% endfor %}", /the limit is 100000/],
  ["its own refusal", "{{ raise_exception('roles must alternate') }}", /roles must alternate/],
  ["broken syntax", "{% for %}", /./],
  ["no text", "x".repeat(200_001), /longer than 200000/],
])("refuses %s", (_, template, reason) => {
  expect(() => renderTemplate(input(template))).toThrow(reason);
});

it("reaches nothing outside the template's variables", () => {
  expect(renderTemplate(input("{{ ''.__class__ }}{{ constructor }}{{ process }}{{ messages.constructor }}"))).toBe("");
});

const TEXTS = { bosToken: "", eosToken: "" };
const renderers: TemplateRenderer[] = [];
afterEach(async () => {
  for (const renderer of renderers.splice(0)) await renderer.dispose();
});
function renderer(template: string): TemplateRenderer {
  const made = new TemplateRenderer({ file: "m.gguf", template, now: NOW }, WORKER);
  renderers.push(made);
  return made;
}

it("renders in its thread, turn after turn", async () => {
  const chat = renderer("{% for m in messages %}{{ m.content }};{% endfor %}");
  expect(await chat.render([{ role: "user", content: "a" }], TEXTS)).toBe("a;");
  const turns: Message[] = [
    { role: "user", content: "a" },
    { role: "assistant", content: "b" },
  ];
  expect(await chat.render(turns, TEXTS)).toBe("a;b;");
});

it.each([
  ["loops", "{% for a in range(90000) %}{% for b in range(90000) %}{% endfor %}{% endfor %}", /steps|within 0.5 s/],
  [
    "eats memory",
    "{% set ns = namespace(l=[]) %}{% for a in range(90000) %}{% set ns.l = ns.l + [messages | tojson] + ns.l %}{% endfor %}",
    /million|items|memory|within/,
  ],
])("survives a template that %s", async (_, template, reason) => {
  const started = performance.now();
  const error = await renderer(template)
    .render([{ role: "user", content: "hi" }], TEXTS, { deadlineMs: 500 })
    .catch((thrown: unknown) => thrown);
  expect(error).toMatchObject({
    code: "bad-template",
    facts: { file: "m.gguf", reason: expect.stringMatching(reason) },
  });
  expect(isOslmError(error, "bad-template")).toBe(true);
  expect(performance.now() - started).toBeLessThan(10_000);
});

const REAL = join(import.meta.dirname, "..", "..", "..", "shared", "templates");
const real = existsSync(REAL) ? readdirSync(REAL).filter((file) => file.endsWith(".jinja")) : [];

it.skipIf(real.length === 0)("renders real chat templates, the question last and whole", () => {
  const messages: Message[] = [
    { role: "user", content: "first question" },
    { role: "assistant", content: "first answer" },
    { role: "user", content: "QUESTION-7" },
  ];
  const failed = real.filter((file) => {
    const text = renderTemplate(input(readFileSync(join(REAL, file), "utf8"), messages));
    return text.indexOf("QUESTION-7") < text.indexOf("first answer") || text.trimEnd().endsWith("QUESTION-7");
  });
  expect(failed).toEqual([]);
});
