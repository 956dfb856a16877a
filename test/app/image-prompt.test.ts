import { afterAll, expect, it } from "vitest";
import { imagePrompt } from "../../src/app/run/image-prompt.js";
import type { Message } from "../../src/runtime/template/render.js";
import { TemplateRenderer } from "../../src/runtime/template/renderer.js";

const WORKER = new URL("../../dist/parts/worker.js", import.meta.url);
const renderers: TemplateRenderer[] = [];
afterAll(async () => {
  for (const renderer of renderers) await renderer.dispose();
});

const prompt = (template: string, asked: readonly Message[], images = 2) => {
  const renderer = new TemplateRenderer({ file: "m.gguf", template, now: new Date(0) }, WORKER);
  renderers.push(renderer);
  const vocabulary = { marks: [{ text: "</s>", control: true }], bosToken: "<s>", eosToken: "</s>" };
  const messages = asked.map((message, index) =>
    index === asked.length - 1 ? { ...message, images: Array(images).fill(null) } : message,
  );
  return imagePrompt({ messages, vocabulary, template, renderer, variables: {}, file: "m.gguf" });
};
const USER = [{ role: "user", content: "What is </s>?" }] as const;
const SYSTEM = [{ role: "system", content: "Be brief." }, ...USER] as const;
const MARKS = "<__media__>\n<__media__>\n";

it("puts a mark for each image before the last message, and breaks those of others", async () => {
  const template = "{{ bos_token }}{% for m in messages %}[{{ m.role }}]{{ m.content }}{% endfor %}";
  expect(await prompt(template, SYSTEM)).toEqual({
    text: `<s>[system]Be brief.[user]${MARKS}What is <\u200B/s>?`,
    broken: ["</s>"],
  });
});

it("gives contents of several parts to a template that reads nothing else", async () => {
  const template =
    "{% for m in messages %}{% for p in m.content %}{% if p.type == 'text' %}{{ p.text }}{% endif %}{% endfor %}{% endfor %}";
  expect((await prompt(template, USER)).text).toBe(`${MARKS}What is <\u200B/s>?`);
});

it("says the system prompt in the question where a template refuses it", async () => {
  const template =
    "{% if messages[0].role == 'system' %}{{ raise_exception('no system') }}{% endif %}{{ messages[0].content }}";
  expect((await prompt(template, SYSTEM)).text).toBe(`Be brief.\n\n${MARKS}What is <\u200B/s>?`);
});

it("refuses a template that leaves out the images", async () => {
  await expect(prompt("nothing", USER)).rejects.toMatchObject({ code: "bad-template" });
});
