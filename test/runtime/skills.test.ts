// What a template provides for, told from its text.
import { expect, it } from "vitest";
import { LONGEST_TEMPLATE } from "../../src/runtime/template/longest.js";
import { skillsOf } from "../../src/runtime/template/skills.js";

it.each([
  ["ChatML", "{% for m in messages %}<|im_start|>{{ m.role }}{% endfor %}", false, false],
  ["Qwen 3", "{%- if tools %}# Tools{% endif %}{% if enable_thinking is false %}<think>{% endif %}", true, true],
  ["Llama 3.1", "{%- if custom_tools is defined %}{%- set tools = custom_tools %}{%- endif %}", true, false],
  ["Firefunction", "{{ functions }}", true, false],
  ["DeepSeek R1", "{% set content = content.split('</think>')[-1] %}", false, true],
  ["Seed-OSS", "{{ '<seed:think>' }}", false, true],
  ["gpt-oss", "<|channel|>analysis<|message|>{{ tools }}", true, true],
  ["DeepSeek V3.1", "{% if not thinking is defined %}{% set thinking = false %}{% endif %}", false, true],
  ["a switch with a default", "{%- set enable_thinking = enable_thinking | default(true) %}", false, true],
  [
    "a switch that texts can turn too",
    "{% set thinking = 1 %}{% if thinking is not defined %}{% endif %}",
    false,
    true,
  ],
  ["a switch in a loop's condition", "{% for m in messages if thinking %}{% endfor %}", false, true],
  ["a switch that is compared", "{{ enable_thinking == false }}", false, true],
  ["its own variable", "{% set thinking = 1 %}{{ thinking }}", false, false],
  ["its own variable, as a block", "{%- set thinking -%}a{% endset %}{{ thinking }}", false, false],
  ["its own variable, the second", "{% set a, thinking = b %}{{ thinking }}", false, false],
  ["a loop's variable", "{% for thinking in messages %}{{ thinking }}{% endfor %}", false, false],
  ["the second of a loop", "{% for key, thinking in m.items() %}{{ thinking }}{% endfor %}", false, false],
  ["a member", "{% set ns = namespace(enable_thinking=true) %}{{ ns.enable_thinking }}", false, false],
  ["a word in a text only", "You have no tools. {{ messages }}", false, false],
  ["a word in quotes only", "{{ 'no tools here' }}", false, false],
])("%s", (_, template, tools, thinking) => {
  expect(skillsOf(template)).toEqual({ tools, thinking });
});

it("has none without a template, and looks no further than one may go that is rendered", () => {
  expect(skillsOf(null)).toEqual({ tools: false, thinking: false });
  expect(skillsOf(`${" ".repeat(LONGEST_TEMPLATE)}{{ tools }}<think>`)).toEqual({ tools: false, thinking: false });
  const start = performance.now();
  for (const piece of ["{{", "{%'", "{% '\"%}"]) skillsOf(piece.repeat(1_000_000 / piece.length));
  expect(performance.now() - start).toBeLessThan(2_000);
});
