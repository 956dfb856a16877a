// What becomes of the process that reads images when an answer ends before its end.
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, expect, it } from "vitest";
import type { Bytes } from "../../../src/model/types.js";
import type { ImageModel, ImagePrompt } from "../../../src/runtime/engine.js";
import { createImageEngine } from "../../../src/runtime/images/image-engine.js";
import { partPlaces } from "../../../src/runtime/images/part.js";
import { installFakePart } from "../../support/fake-part.js";
import { png } from "../../support/images.js";

const folder = mkdtempSync(join(tmpdir(), "oslm-image-engine-"));
const { loads } = installFakePart(folder);
const loaded = (): number => readFileSync(loads, "utf8").length;
let model: ImageModel;

beforeAll(async () => {
  const script = new URL("../../../dist/parts/image-child.js", import.meta.url);
  const load = { path: "model.gguf", projector: "mmproj.gguf", ctx: 4096, batch: 512, threads: 1 } as const;
  model = await createImageEngine(partPlaces(folder, import.meta.url), script).load({
    ...load,
    useMmap: true,
    kvType: "f16",
  });
});
afterAll(async () => {
  await model.dispose();
  rmSync(folder, { recursive: true });
});

const asked = (question: string, bytes: Uint8Array = png(8, 8)): ImagePrompt => ({
  text: `USER: <__media__>\n${question} ASSISTANT:`,
  images: [{ file: "red.png", kind: "png", bytes }],
  decoding: 1000 as Bytes,
  bosToken: "",
});
const sampling = {
  ...{ temp: 0, topK: 1, topP: 1, minP: 0, seed: 1 },
  ...{ repeatPenalty: 1, presencePenalty: 0, frequencyPenalty: 0, repeatLastN: 0 },
};
const answer = (prompt: ImagePrompt, signal?: AbortSignal) =>
  model.generate(prompt, { sampling, stop: [], ...(signal && { signal }) });

async function textOf(prompt: ImagePrompt): Promise<string> {
  let text = "";
  for await (const event of answer(prompt)) if (event.type === "text") text += event.text;
  return text;
}

it("stops an answer that nobody listens to any more, and gives the next question its own", async () => {
  for await (const event of answer(asked("SLOW"))) if (event.type === "text") break;
  expect(await textOf(asked("SAY one SAID"))).toBe("one");
  expect(loaded()).toBe(1);
});

it("stops one whose signal says so, with what there is", async () => {
  const stop = new AbortController();
  const ends: string[] = [];
  for await (const event of answer(asked("SLOW"), stop.signal)) {
    if (event.type === "text") stop.abort();
    else if (event.type === "done") ends.push(event.finishReason);
  }
  expect(ends).toEqual(["cancelled"]);
  expect(await textOf(asked("SAY two SAID"))).toBe("two");
  expect(loaded()).toBe(1);
});

it("keeps the process where an image is refused, or the prompt is too long", async () => {
  const damaged = asked("What?", Buffer.concat([png(8, 8), Buffer.from("DAMAGED")]));
  await expect(textOf(damaged)).rejects.toMatchObject({ code: "bad-image", facts: { file: "red.png" } });
  await expect(model.countTokens(damaged)).rejects.toMatchObject({ code: "bad-image" });
  await expect(textOf(asked("x".repeat(5000)))).rejects.toMatchObject({ code: "image-prompt-too-long" });
  await expect(textOf(asked("UNDECODABLE"))).rejects.toMatchObject({ facts: { file: "one of the images" } });
  expect(await textOf(asked("SAY three SAID"))).toBe("three");
  expect(loaded()).toBe(1);
});

it("ends it where it is told to stop while it reads, and starts another for the next question", async () => {
  await expect(textOf(asked("REFUSE"))).rejects.toMatchObject({ code: "generation-failed" });
  expect(await textOf(asked("SAY four SAID"))).toBe("four");
  expect(loaded()).toBe(2);
  const ends: string[] = [];
  for await (const event of answer(asked("HANG"), AbortSignal.timeout(300))) ends.push(event.type);
  expect([ends, await textOf(asked("SAY five SAID")), loaded()]).toEqual([["done"], "five", 3]);
});
