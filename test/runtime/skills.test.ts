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
