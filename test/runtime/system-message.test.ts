// A system message reaches the model, whatever the template makes of the role.
import { afterEach, expect, it } from "vitest";
import type { Message } from "../../src/runtime/template/render.js";
import { TemplateRenderer } from "../../src/runtime/template/renderer.js";

const WORKER = new URL("../../dist/parts/worker.js", import.meta.url);
const renderers: TemplateRenderer[] = [];
afterEach(async () => {
  for (const renderer of renderers.splice(0)) await renderer.dispose();
});

const TURNS = "{% for m in messages %}<{{ m.role }}>{{ m.content }}{% endfor %}";
const MESSAGES: Message[] = [
  { role: "system", content: " be brief\n" },
  { role: "user", content: "hi" },
  { role: "assistant", content: "yes" },
  { role: "user", content: "why?" },
];
function render(template: string, messages = MESSAGES): Promise<string> {
  const renderer = new TemplateRenderer({ file: "m.gguf", template, now: new Date(0) }, WORKER);
  renderers.push(renderer);
  return renderer.render(messages, { bosToken: "", eosToken: "" });
}

it.each([
  ["has a place for it", TURNS, "<system> be brief\n<user>hi<assistant>yes<user>why?"],
  [
    "refuses it",
    `{% if messages[0].role == 'system' %}{{ raise_exception('no system') }}{% endif %}${TURNS}`,
    "<user> be brief\n\n\nhi<assistant>yes<user>why?",
  ],
  [
    "leaves it out without a word",
    "{% for m in messages if m.role != 'system' %}<{{ m.role }}>{{ m.content }}{% endfor %}",
    "<user> be brief\n\n\nhi<assistant>yes<user>why?",
  ],
  [
    "writes it in other letters",
    "{% for m in messages %}<{{ m.role }}>{{ m.content | trim | upper }}{% endfor %}",
    "<system>BE BRIEF<user>HI<assistant>YES<user>WHY?",
  ],
])("where the template %s", async (_, template, prompt) => {
  expect(await render(template)).toBe(prompt);
});

it("says why a template refuses the conversation itself", async () => {
  const template = "{{ raise_exception('first ' ~ messages[0].role) }}";
  await expect(render(template)).rejects.toMatchObject({ facts: { reason: "first system" } });
  await expect(render(template, MESSAGES.slice(1))).rejects.toMatchObject({ facts: { reason: "first user" } });
});

it("leaves an empty system message where it is", async () => {
  const silent = MESSAGES.with(0, { role: "system", content: " " });
  expect(await render(TURNS, silent)).toBe("<system> <user>hi<assistant>yes<user>why?");
});
