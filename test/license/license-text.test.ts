// Which file names promise a license text.
import { expect, it } from "vitest";
import { isLicenseText } from "../../src/license/license-text.js";

it("knows license texts by their names", () => {
  const texts = [
    "LICENSE",
    "LICENSE.md",
    "license.txt",
    "LICENCE",
    "COPYING",
    "MODEL_LICENSE",
    "LICENSE-MODEL",
    "Llama_LICENSE.pdf",
  ];
  expect(texts.filter((path) => !isLicenseText(path))).toEqual([]);
  const others = ["README.md", "NOTICE", "licenses/LICENSE", "LICENSE.gguf", "licensed.txt", "unlicensed", ""];
  expect(others.filter(isLicenseText)).toEqual([]);
});
