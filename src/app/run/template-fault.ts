// Whether a model's chat template gives a prompt at all, before anybody asks it something.
import { isOslmError } from "../../errors.js";
import { TemplateRenderer } from "../../runtime/template/renderer.js";
import type { World } from "../world.js";
import type { ChatTemplate } from "./chat-template.js";

/** Why not, found by asking it as a run would; null where it does, and for known formats. @param file for messages */
export async function templateFault(
  world: Pick<World, "now">,
  file: string,
  template: ChatTemplate | null,
): Promise<string | null> {
  if (template === null || template.known !== null) return null;
  const renderer = new TemplateRenderer({ file, template: template.text, now: world.now() });
  try {
    await renderer.render([{ role: "user", content: "Hello" }], { bosToken: "<s>", eosToken: "</s>" });
    return null;
  } catch (error) {
    if (isOslmError(error, "bad-template")) return error.facts.reason;
    throw error;
  } finally {
    await renderer.dispose();
  }
}
