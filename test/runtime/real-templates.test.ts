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

/** Of each family that people name and whose published template can be had; these may not be skipped. */
const ALWAYS = [
  ...["llama2-7b", "llama3-8b", "meta-llama-Llama-3.3-70B-Instruct", "meta-llama-Llama-3.2-3B-Instruct", "llama4"],
  // The formats of Mistral's v1, v3, v3 with Tekken, and v7.
  ...["mistral-7b-instruct-fp16", "mistral-v1", "mixtral-8x22b", "mistral-small-24b", "mistral-v7"],
  ...["llava-34b", "qwen2-0.5b", "qwen2.5-0.5b", "Qwen-Qwen3-0.6B", "google-gemma-2-2b-it", "gemma3-1b"],
  ...["phi-3-mini", "phi-4", "falcon2-11b", "deepseek-coder-33b-instruct", "deepseek-v2", "deepseek-v3-671b"],
  ...["deepseek-r1-8b", "command-r-35b", "granite3.3-2b", "tinyllama-1.1b", "olmo2-7b", "smollm2-135m"],
  ...listKnown().map(({ name }) => `known-${name}`),
];

it.each(ALWAYS)("is never without the template of %s", (name) => {
  expect(rendersAsStored(name)).toBe("yes");
});

it("says what it cannot compare", () => {
  expect(rendersAsStored("nobody's")).toBe("none");
});
