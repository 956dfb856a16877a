// The examples of docs/license-report.md are what the program writes.
import { readFileSync } from "node:fs";
import { expect, it } from "vitest";
import { parseOslmYaml } from "../../src/config/oslm-yaml.js";
import { readProjectModels } from "../../src/config/project-models.js";
import { renderCycloneDx } from "../../src/report/cyclonedx.js";
import { renderMarkdown } from "../../src/report/markdown.js";
import { renderSpdx } from "../../src/report/spdx.js";
import { FRAME, relabelled } from "./models.js";

const page = readFileSync(new URL("../../docs/license-report.md", import.meta.url), "utf8");
const blocks = (language: string) =>
  page
    .split(`\`\`\`${language}\n`)
    .slice(1)
    .map((rest) => rest.split("```")[0] ?? "");

it("gives examples that are so", async () => {
  const models = [relabelled()];
  expect(renderMarkdown(models, FRAME)).toContain(blocks("text")[0]);
  const [component, spdxPackage] = blocks("json").map((block) => JSON.parse(block));
  expect(JSON.parse(await renderCycloneDx(models, FRAME)).components[0]).toMatchObject(component);
  expect(JSON.parse(renderSpdx(models, FRAME))["@graph"]).toContainEqual(expect.objectContaining(spdxPackage));
  const source = { file: "/oslm.yaml", shown: "oslm.yaml" };
  expect(readProjectModels(parseOslmYaml(blocks("yaml")[0] ?? "", source), source)).toHaveLength(2);
});
