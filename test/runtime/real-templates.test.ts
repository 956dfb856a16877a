// Published chat templates, and our own, give the prompts that Python's Jinja2 gives (test/fixtures/chat-templates/README.md).
import { expect, it } from "vitest";
import { listKnown } from "../../src/runtime/template/known.js";
import { comparePrompts, rendersAsStored, templateNames, templateText } from "../support/template-prompts.js";

for (const name of templateNames()) {
  const template = templateText(name);
  it.skipIf(template === undefined)(`renders ${name} to the letter`, () => {
    for (const [made, stored] of comparePrompts(name, template ?? "")) expect(made).toEqual(stored);
  });
}

it.each(listKnown().map(({ name }) => `known-${name}`))("is never without the template of %s", (name) => {
  expect(rendersAsStored(name)).toBe("yes");
});

it("says what it cannot compare", () => {
  expect(rendersAsStored("nobody's")).toBe("none");
});
