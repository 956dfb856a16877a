// A chat on a screen that changes its size: what is finished stays.
import { afterEach, beforeEach, expect, it } from "vitest";
import { ChatRoom, READY } from "../support/chat-room.js";
import { emulate, type Resize } from "../support/emulate.js";
import type { Step } from "../support/pty.js";

let room: ChatRoom;
beforeEach(() => {
  room = new ChatRoom();
});
afterEach(() => room.home.remove());

/** The status line of a narrow screen has no speed. */
const ANSWERED = /\d+ of 2,048 tokens/;
const DRAFT = "half typed, and so long that the message goes over several lines";

it.each([
  { size: [70, 15], what: "wider and lower" },
  { size: [60, 9], what: "very low" },
  { size: [44, 8], what: "hardly wider, and very low" },
  { size: [40, 30], what: "higher" },
])(
  "keeps what was said when the screen becomes $what, and shows the message and the status once",
  async ({ size: [columns = 0, rows = 0] }) => {
    const resizes: Resize[] = [];
    const resize: Step = [
      /over several\s+lines/,
      (child, raw) => {
        // What is drawn after the last key.
        setTimeout(() => {
          resizes.push({ at: raw().length, rows });
          child.resize(columns, rows);
          setTimeout(() => child.write("!\r"), 300);
        }, 200);
      },
    ];
    const steps: Step[] = [
      [READY, "How do I pull a model?\r"],
      [ANSWERED, "/context\r"],
      ["2048 tokens used", DRAFT],
      resize,
      [/lines!\n[\s\S]*of 2,048 tokens/, "\u0004"],
    ];
    const { code, raw } = await room.run(steps, { columns: 40, rows: 20 });
    expect(code).toBe(0);
    const lines = emulate(raw, 20, resizes);
    const said = lines.join(" ").replace(/\s+/g, " ");
    expect(said).toMatch(
      /> How do I pull a model\? To download a model[^>]*> \/context \d+ of 2048 tokens used[^>]*question\. > half typed[^>]*lines!/,
    );
    expect(lines.filter((line) => line.includes("> half typed"))).toHaveLength(1);
    expect(lines.filter((line) => line.startsWith("demo ·"))).toEqual([]);
  },
);
