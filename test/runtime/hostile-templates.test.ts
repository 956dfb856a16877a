// Templates that want all time, all memory, or out of their box: each ends in a second or two, with a reason.
import { expect, it } from "vitest";
import { isOslmError } from "../../src/errors.js";
import { renderTemplate } from "../../src/runtime/template/render.js";
import { TemplateRenderer } from "../../src/runtime/template/renderer.js";

const WORKER = new URL("../../dist/parts/worker.js", import.meta.url);
const NOW = new Date(2026, 10, 21);
const TEXTS = { bosToken: "", eosToken: "" };
const HI = [{ role: "user", content: "hi" }] as const;

/** What it gave, or why it gave none. */
async function outcome(template: string): Promise<string> {
  const renderer = new TemplateRenderer({ file: "m.gguf", template, now: NOW }, WORKER);
  try {
    return `gave ${await renderer.render(HI, TEXTS)}`;
  } catch (error) {
    if (!isOslmError(error, "bad-template")) throw error;
    return error.facts.reason;
  } finally {
    await renderer.dispose();
  }
}

const nested = (depth: number): string =>
  depth === 0 ? "" : `{% for a${depth} in range(1000) %}${nested(depth - 1)}{% endfor %}`;
/** `ns.s` with 16 characters, doubled. */
const doubled = (times: number): string =>
  `{% set ns = namespace(s='xxxxxxxxxxxxxxxx', l=[1, 2]) %}{% for i in range(${times}) %}{% set ns.s = ns.s + ns.s %}{% endfor %}`;

const STEPS = /1 million steps/;
const CHARS = /2 million characters/;
const ITEMS = /lists of more than 200408 items/;
const DEEP = /too deeply|deeper than/;

it.each([
  ["empty loops in loops", nested(5), STEPS],
  [
    "a loop over one list again and again",
    `{% set l = range(90000) %}${"{% for a in l %}{% endfor %}".repeat(90)}`,
    STEPS,
  ],
  ["ranges in a loop", "{% for a in range(90000) %}{% set l = range(90000) %}{% endfor %}", STEPS],
  ["slices in a loop", "{% set l = range(90000) %}{% for a in l %}{% set x = l[::-1] %}{% endfor %}", STEPS],
  [
    "a macro that calls itself twice",
    "{% macro a(n) %}{% if n %}{{ a(n - 1) }}{{ a(n - 1) }}{% endif %}{% endmacro %}{{ a(50) }}",
    STEPS,
  ],
  ["a macro that always calls itself", "{% macro a() %}{{ a() }}{% endmacro %}{{ a() }}", DEEP],
  ["brackets in brackets", `{{ ${"(".repeat(150_000)} }}`, DEEP],
  ["conditions in conditions", "{% if a %}".repeat(15_000), /./],
  ["a sum without end", `{{ ${"1+".repeat(90_000)}1 }}`, DEEP],
  ["a text that doubles", `${doubled(60)}{{ ns.s }}`, CHARS],
  // V8 ended the whole process, whatever the limit of the thread.
  ["a text in place of every letter", `${doubled(16)}{{ ns.s | replace('', ns.s) }}`, CHARS],
  ["the same by the method", `${doubled(16)}{{ ns.s.replace('x', ns.s) | length }}`, CHARS],
  ["the same under another name", `${doubled(16)}{% set f = ns.s.replace %}{{ f('x', ns.s) | length }}`, CHARS],
  ["a text in a million parts", `${doubled(16)}{{ ns.s.split('x') | length }}`, ITEMS],
  ["a list joined by long texts", `${doubled(16)}{{ (ns.s[:150000] | list) | join(ns.s) | length }}`, /./],
  ["a wide indent", "{{ 'a\nb\nc' | indent(500000000) | length }}", CHARS],
  ["a wide indent of JSON", "{{ messages | tojson(indent=500000000) | length }}", CHARS],
  ["a list that doubles", `${doubled(0)}{% for i in range(60) %}{% set ns.l = ns.l + ns.l %}{% endfor %}`, ITEMS],
  [
    "a list that holds itself twice",
    `${doubled(0)}{% for i in range(60) %}{% set ns.l = [ns.l, ns.l] %}{% endfor %}{{ ns.l | tojson }}`,
    CHARS,
  ],
  [
    "lists in lists",
    `${doubled(0)}{% for i in range(9000) %}{% set ns.l = [ns.l] %}{% endfor %}{{ ns.l | tojson }}`,
    DEEP,
  ],
  ["a namespace that holds itself", "{% set ns = namespace() %}{% set ns.a = ns %}{{ ns | tojson }}", DEEP],
  ["blanks without end", `${"\n".repeat(190_000)}{{- a }}`, /1000 blanks in a row/],
  ["too long a template", "x".repeat(200_001), /longer than 200000/],
  ["dates without end", "{% for a in range(90000) %}{{ strftime_now('%A %B') }}{% endfor %}", STEPS],
])("bounds %s", async (_, template, reason) => {
  const started = performance.now();
  expect(await outcome(template)).toMatch(reason);
  expect(performance.now() - started).toBeLessThan(4_500);
});

it("does not try a template at its bounds in another way", () => {
  const template = "{% if tools is none %}{% for a in range(90000) %}{{ a }}{{ a }}{% endfor %}{% endif %}";
  expect(() => renderTemplate({ template, messages: HI, now: NOW, ...TEXTS })).toThrow(STEPS);
});

it.each([
  "messages['__proto__']",
  "messages.constructor",
  "messages[0].toString",
  "({}).__proto__",
  "({})['constructor']",
  "namespace().__proto__",
  "''.__class__.__mro__",
  "''.constructor",
  "range.call",
  "range.constructor",
  "raise_exception.__globals__",
  "self",
  "process",
  "globalThis",
  "messages | map(attribute='__proto__') | first",
])("finds nothing of JavaScript or Python at %s", (path) => {
  const text = renderTemplate({ template: `[{{ ${path} }}]`, messages: HI, now: NOW, ...TEXTS });
  expect(text).toBe("[]");
});

it.each([
  "{{ raise_exception.constructor('return process')() }}",
  "{{ (messages | map(attribute='constructor') | first)('x') }}",
  "{{ 'x' | constructor }}",
  "{{ 'x' is constructor }}",
  "{{ '%1000000000d' % 3 }}",
  "{{ '%s' | format('x') }}",
  "{% import 'os' as os %}{{ os }}",
  "{% include '/etc/passwd' %}",
  "{{ strftime_now({}) }}",
])("refuses %s", async (template) => {
  expect(await outcome(template)).not.toMatch(/^gave/);
});

it("counts what is said beside its bounds", () => {
  const said = "word \u00fc\n".repeat(300_000);
  const messages = [
    { role: "user", content: said },
    { role: "assistant", content: "yes" },
    { role: "user", content: said },
  ] as const;
  const template =
    "{% for m in messages %}[{{ m.role }}]{{ m.content.split('</think>')[-1] | replace('<x>', '') | trim }}\n{% endfor %}{{ messages | tojson | length }}";
  const text = renderTemplate({ template, messages, now: NOW, ...TEXTS });
  expect(text.length).toBeGreaterThan(2 * said.length);
});

it("names the bound that was breached, with what is said in it", () => {
  const messages = [{ role: "user", content: "x".repeat(50_000) }] as const;
  const bounds = [nested(5), `${doubled(60)}{{ ns.s }}`, `${doubled(16)}{{ ns.s.split('x') }}`].map((template) => {
    try {
      return renderTemplate({ template, messages, now: NOW, ...TEXTS });
    } catch (error) {
      return (error as Error).message;
    }
  });
  expect(bounds).toEqual([
    "it takes more than 2 million steps",
    "it makes more than 2.2 million characters of its own",
    "it makes lists of more than 400400 items",
  ]);
});

it("bounds no conversation for its turns, nor a loop that goes on at once", () => {
  const messages = Array.from({ length: 5_000 }, () => HI[0]);
  const template =
    "{% for m in messages %}{% if loop.index0 % 2 %}{% continue %}{% endif %}{% set ns = namespace(a=[m.role], b={'c': m.content}) %}{% if m.role == 'user' and not ns.x %}{{ '<' ~ ns.a[0] ~ '>' + ns.b.c | trim + '\n' }}{% endif %}{% endfor %}";
  expect(renderTemplate({ template, messages, now: NOW, ...TEXTS })).toHaveLength(2_500 * "<user>hi\n".length);
});
