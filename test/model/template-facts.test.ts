import { expect, it } from "vitest";
import { templateFacts } from "../../src/model/template-facts.js";

it.each([
  ["ChatML", "{% for m in messages %}<|im_start|>{{ m.role }}{% endfor %}", false, false],
  ["Qwen 3", "{%- if tools %}# Tools{% endif %}{% if enable_thinking is false %}<think>{% endif %}", true, true],
  ["Llama 3.1", "{%- if custom_tools is defined %}{%- set tools = custom_tools %}{%- endif %}", true, false],
  ["DeepSeek R1", "{% set content = content.split('</think>')[-1] %}", false, true],
  ["a word in a text only", "You have no tools. {{ messages }}", false, false],
])("%s", (_, template, tools, thinking) => {
  expect(templateFacts(template)).toEqual({ tools, thinking });
});
