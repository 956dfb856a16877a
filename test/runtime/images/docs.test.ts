import { readFileSync } from "node:fs";
import { join } from "node:path";
import { expect, it } from "vitest";
import { REFUSED_BESIDE } from "../../../src/cli/image-flags.js";
import { MAX_IMAGE_BYTES, MAX_IMAGE_PIXELS } from "../../../src/runtime/images/check-image.js";
import { installCommand } from "../../../src/runtime/images/part.js";

const DOC = readFileSync(join(import.meta.dirname, "../../../docs/images.md"), "utf8");

it("has the command that a run without the part prints", () => {
  expect(DOC).toContain(
    `    ${installCommand("/FOLDER", "linux-x64").replace("/FOLDER", "~/.local/share/oslm/images")}\n`,
  );
});

it("names every flag that is refused, and the bounds", () => {
  for (const flag of REFUSED_BESIDE) expect(DOC).toContain(`\`${flag}\``);
  expect(DOC).toContain(`${MAX_IMAGE_BYTES / 2 ** 20} MiB, ${MAX_IMAGE_PIXELS / 1e6} million pixels`);
});
