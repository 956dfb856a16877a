// The same bounds for the numbers of an answer, wherever they come from.
import { expect, it } from "vitest";
import { parseTask } from "../../src/app/run/batch-task.js";
import { defaultSampling } from "../../src/app/run/default-sampling.js";
import { readReceipt } from "../../src/app/run/receipt.js";
import type { GgufMetadata } from "../../src/gguf/values.js";
import { ANSWER_BOUNDS, isWithin } from "../../src/model/answer-bounds.js";
import { changeSetting, readSettings } from "../../src/ui/chat/settings.js";

const recommended = (keys: Readonly<Record<string, number>>) =>
  defaultSampling({
    metadata: new Map(Object.entries(keys).map(([name, value]) => [`general.sampling.${name}`, value])),
  } as unknown as GgufMetadata);

const kebab = (name: string): string => name.replace(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`);

it.each(Object.entries(ANSWER_BOUNDS))(
  "takes %s to its ends and not beyond, in a batch, a chat and its file",
  (name, bounds) => {
    for (const value of [bounds.low, bounds.high, bounds.low - 0.001, bounds.high + 1, 0.5, Number.NaN]) {
      const sound = isWithin(value, bounds);
      const line = JSON.stringify({ prompt: "x", options: { [name]: Number.isNaN(value) ? "NaN" : value } });
      expect("error" in parseTask(1, line), `${value}`).toBe(!sound);
      expect(typeof changeSetting({}, {}, `${kebab(name)} ${value}`) === "object", `${value}`).toBe(sound);
      expect(readSettings({ [name]: value }), `${value}`).toEqual(sound ? { [name]: value } : {});
    }
  },
);

it("takes no empty stop text from a chat's file: it would end every answer", () => {
  expect([readSettings({ stop: ["a", ""] }), readSettings({ stop: ["a"] })]).toEqual([{}, { stop: ["a"] }]);
});

it("takes from a model's file what a flag would take", () => {
  expect(recommended({ penalty_repeat: 1.1, penalty_last_n: 32, top_k: 7.4, temp: 0 })).toMatchObject({
    repeatPenalty: 1.1,
    repeatLastN: 32,
    topK: 7,
    temp: 0,
  });
  expect(recommended({ penalty_repeat: 0, penalty_last_n: 70_000, top_k: -1, temp: 9 })).toEqual(recommended({}));
});

it("takes from a receipt what a flag would take", () => {
  const sampling = { ...recommended({}), seed: 1 };
  const refusal = (changes: object): unknown => {
    try {
      return readReceipt(JSON.stringify({ ...BEFORE, sampling: { ...sampling, ...changes } }), "r.json");
    } catch (error) {
      return error;
    }
  };
  const facts = (field: string) => ({ facts: { detail: expect.stringContaining(`field ${field} `) } });
  // The next one is missing here.
  expect(refusal({})).toMatchObject(facts("stop"));
  for (const changes of [{ repeatPenalty: 0 }, { repeatLastN: 65_537 }, { seed: 0.5 }, { seed: undefined }])
    expect(refusal(changes)).toMatchObject(facts("sampling"));
});

/** What a receipt has before its sampling. */
const BEFORE = {
  version: 1,
  oslm: "",
  modelSha256: "",
  outputSha256: "",
  engine: { engine: "", release: "", backend: "" },
};
