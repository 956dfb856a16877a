// oslm run --image with models that think: their thinking stands apart from the answer, as it does without images.
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { afterAll, beforeAll, expect, it } from "vitest";
import { installFakePart } from "../support/fake-part.js";
import { writeGguf } from "../support/gguf-writer.js";
import { png } from "../support/images.js";
import { Home } from "../support/oslm.js";
import { THINKERS } from "../support/thinkers.js";
import { projector, textModel } from "../support/vision-pair.js";

const home = new Home();
const at = (name: string): string => join(home.path, name);
beforeAll(() => {
  installFakePart(join(home.path, ".local", "share", "oslm"));
  writeFileSync(at("red.png"), png(8, 8));
  writeFileSync(at("mmproj.gguf"), writeGguf(projector()));
});
afterAll(() => home.remove());

function ask(name: string, template: string, prompt: string, ...more: string[]) {
  const { metadata, ...rest } = textModel();
  const said = `{% if false %}${template}{% endif %}{% for m in messages %}{{ m.content }}{% endfor %}`;
  const model = at(`${name.replaceAll(" ", "-")}.gguf`);
  writeFileSync(model, writeGguf({ ...rest, metadata: { ...metadata, "tokenizer.chat_template": said } }));
  return home.run(["run", model, prompt, "--image", at("red.png"), "--mmproj", at("mmproj.gguf"), ...more]);
}

it.concurrent.each(THINKERS)("%s has its thinking apart, also before a format", async (name, answer, template) => {
  const { code, stdout } = await ask(name, template, `SAY ${answer} SAID`, "--json", "--format", "json");
  expect([code, JSON.parse(stdout)]).toMatchObject([0, { text: '{"a": 1}', thinking: "why" }]);
});

it("lets the model think with its own marks before a format holds", async () => {
  const { stdout } = await ask("marks", "[THINK]", "x", "--format", "json");
  expect(JSON.parse(stdout).rest.grammar).toContain('"[THINK]"');
});
