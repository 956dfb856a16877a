// The chat on a terminal that does not know its size.
import { afterAll, expect, it } from "vitest";
import { BIN, Home } from "../support/oslm.js";
import { inTerminal } from "../support/pty.js";

const home = new Home();
afterAll(() => home.remove());

it("shows lines, not letters, where a terminal tells 0 columns", async () => {
  const shell = ["sh", "-c", `stty cols 0 rows 0; exec "$0" "$@"`, process.execPath, BIN, "chat", "demo"];
  const { code } = await inTerminal(home, [], [[/> Ask something, or \/\? for help[\s\S]*context/, "/bye\r"]], {
    shell,
  });
  expect(code).toBe(0);
});
