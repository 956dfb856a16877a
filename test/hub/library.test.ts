// Hugging Face's own client against the stand-in: what it reads there must be what it reads on the real Hub.
import { createHash } from "node:crypto";
import { fileDownloadInfo, listFiles, modelInfo, pathsInfo, whoAmI } from "@huggingface/hub";
import { afterEach, expect, test } from "vitest";
import { type FakeHub, startFakeHub } from "../support/fake-hub.js";

let fake: FakeHub;
afterEach(() => fake.close());

const ID = "acme/tiny-GGUF";
const gguf = Buffer.from("GGUF weights");
const sha256 = createHash("sha256").update(gguf).digest("hex");
const files = { "m.gguf": gguf, "a/README.md": Buffer.from("# Tiny\n") };

async function collect<T>(source: AsyncIterable<T>): Promise<T[]> {
  const all: T[] = [];
  for await (const one of source) all.push(one);
  return all;
}

test("modelInfo, listFiles, pathsInfo, fileDownloadInfo and whoAmI work", async () => {
  fake = await startFakeHub({
    repos: [{ id: ID, files, card: { license: "mit" }, gated: "auto", access: "granted" }],
    token: "hf_x",
    pageSize: 1,
  });
  const common = { hubUrl: fake.endpoint, accessToken: "hf_x" };
  const info = await modelInfo({ name: ID, additionalFields: ["sha", "cardData"], ...common });
  expect(info).toMatchObject({ name: ID, gated: "auto", private: false, cardData: { license: "mit" } });
  expect(info.sha).toMatch(/^[0-9a-f]{40}$/);
  expect(info.updatedAt.getTime()).not.toBeNaN();

  const listed = await collect(listFiles({ repo: ID, recursive: true, ...common }));
  expect(listed.map(({ type, path }) => `${type} ${path}`)).toEqual(["directory a", "file a/README.md", "file m.gguf"]);
  expect(listed[2]).toMatchObject({ size: 12, lfs: { oid: sha256, size: 12 } });
  const top = await collect(listFiles({ repo: ID, ...common }));
  expect(top.map(({ path }) => path)).toEqual(["a", "m.gguf"]);

  const [found, ...more] = await pathsInfo({ repo: ID, paths: ["m.gguf", "missing"], expand: true, ...common });
  expect(found).toMatchObject({ path: "m.gguf", lfs: { oid: sha256 } });
  expect(more).toEqual([]);

  const large = await fileDownloadInfo({ repo: ID, path: "m.gguf", ...common });
  expect(large?.size).toBe(12);
  const small = await fileDownloadInfo({ repo: ID, path: "a/README.md", ...common });
  expect([small?.size, small?.etag]).toEqual([7, `"${listed[1]?.oid}"`]);
  expect(await fileDownloadInfo({ repo: ID, path: "missing", ...common })).toBeNull();
  expect(await whoAmI(common)).toMatchObject({ type: "user" });
});
