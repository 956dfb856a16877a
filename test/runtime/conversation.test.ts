// The question reaches the model, in whatever form its template reads contents.
import { expect, it } from "vitest";
import { renderConversation } from "../../src/runtime/template/conversation.js";
import type { Message } from "../../src/runtime/template/render.js";

const QUESTION: Message[] = [{ role: "user", content: " why?\n" }];
const MESSAGES: Message[] = [{ role: "system", content: "be brief" }, ...QUESTION];
const render = (template: string, messages = MESSAGES) =>
  renderConversation({ template, messages, now: new Date(0), bosToken: "", eosToken: "" });

const PARTS = "{% for p in m.content | selectattr('type', 'equalto', 'text') %}{{ p.text }}{% endfor %}";
const LETTERS = "{% for p in m.content %}{{ p.text }}{% endfor %}";
const each = (content: string) => `{% for m in messages %}<{{ m.role }}>${content}{% endfor %}`;

it.each([
  ["reads texts", each("{{ m.content }}"), "<system>be brief<user> why?\n"],
  ["reads either", each(`{% if m.content is string %}{{ m.content }}{% else %}-${PARTS}{% endif %}`), undefined],
  ["ends in an error with texts", each(PARTS), undefined],
  ["leaves texts out", each(LETTERS), undefined],
  [
    "leaves texts out and refuses the system role",
    `{% if messages[0].role == 'system' %}{{ raise_exception('no system') }}{% endif %}${each(LETTERS)}`,
    "<user>be brief\n\n why?\n",
  ],
])("where the template %s", (_, template, prompt = "<system>be brief<user> why?\n") => {
  expect(render(template)).toBe(prompt);
});

it("keeps a prompt whose question nobody can find, where the template takes no other words", () => {
  const strict =
    "{% if messages[0].content is string %}{{ messages[0].content.upper() }}{% if messages[0].content | length > 6 %}{{ raise_exception('long') }}{% endif %}{% else %}parts{% endif %}";
  expect(render(strict, QUESTION)).toBe(" WHY?\n");
});

it("says what went wrong with texts where lists are no help either", () => {
  expect(() => render("{{ raise_exception(messages[-1].content is string) }}")).toThrow("true");
});

it("leaves a prompt without the question as it is where lists are no help either", () => {
  expect(render("nothing", QUESTION)).toBe("nothing");
  expect(render("{% if messages[0].content is string %}nothing{% else %}{{ none + 1 }}{% endif %}", QUESTION)).toBe(
    "nothing",
  );
});
