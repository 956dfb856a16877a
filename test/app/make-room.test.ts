import { expect, it } from "vitest";
import { makeRoom } from "../../src/app/run/make-room.js";
import type { Message } from "../../src/runtime/template/render.js";

/** Each message takes as many tokens as it has letters. */
const session = {
  ctx: 100,
  promptTokens: async (messages: readonly Message[]) => messages.reduce((sum, { content }) => sum + content.length, 0),
};
const said = (role: Message["role"], length: number): Message => ({ role, content: "x".repeat(length) });
const turns = (count: number, length: number) =>
  Array.from({ length: count }, () => [said("user", length / 2), said("assistant", length / 2)]).flat();
const room = async (messages: readonly Message[], maxTokens?: number) => {
  const { dropped, tokens, messages: kept } = await makeRoom(session, messages, maxTokens);
  return [dropped, tokens, kept.map(({ role }) => role[0]).join("")];
};

it("leaves alone what fits with an answer", async () => {
  expect(await room([...turns(3, 20), said("user", 27)])).toEqual([0, 0, "uauauau"]);
  expect(await room([...turns(3, 20), said("user", 36)], 4)).toEqual([0, 0, "uauauau"]);
});

it("drops the oldest turns whole, down to three quarters, and keeps the system prompt", async () => {
  expect(await room([said("system", 10), ...turns(4, 20), said("user", 8)])).toEqual([2, 40, "suauau"]);
});

it("keeps the last question alone where that does not fit either, and gives nothing up for it", async () => {
  expect(await room([said("system", 10), ...turns(2, 20), said("user", 120)])).toEqual([0, 0, "su"]);
});

it("takes a question without an answer for a turn", async () => {
  expect(await room([said("user", 60), said("user", 40), said("assistant", 5), said("user", 5)])).toEqual([
    1,
    60,
    "uau",
  ]);
});
