// What docs/batch.md and docs/embeddings.md tell to type works as it stands.
import { execFileSync } from "node:child_process";
import { chmodSync, mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { afterAll, expect, it } from "vitest";
import { BIN, Home } from "../support/oslm.js";

const home = new Home();
afterAll(() => home.remove());

const bin = join(home.path, "bin");
mkdirSync(bin);
writeFileSync(join(bin, "oslm"), `#!/bin/sh\nexec "${process.execPath}" "${BIN}" "$@"\n`);
chmodSync(join(bin, "oslm"), 0o755);

it.each([
  ["batch", ["", '"skipped": 3', '"status":"ok"']],
  ["embeddings", ['"dimensions"', '"pooling": "last"', ""]],
])("docs/%s.md", (name, told) => {
  const text = readFileSync(new URL(`../../docs/${name}.md`, import.meta.url), "utf8");
  expect(text.split("\n").length).toBeLessThanOrEqual(61);
  const blocks = [...text.matchAll(/```sh\n([\s\S]*?)```/g)].map((match) => match[1] ?? "");
  const all = blocks.map((block) => {
    const env = { ...home.env, PATH: `${bin}:${home.env.PATH}` };
    return execFileSync("sh", ["-ec", block], {
      cwd: home.path,
      env,
      encoding: "utf8",
      stdio: ["ignore", "pipe", "ignore"],
    });
  });
  const found = all.join("\n");
  expect(blocks.length).toBeGreaterThan(1);
  for (const part of told) expect(found).toContain(part);
});
