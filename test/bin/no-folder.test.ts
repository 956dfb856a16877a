// Homes in which no folder can be made.
import { afterAll, describe, expect, it } from "vitest";
import { Home } from "../support/oslm.js";

const home = new Home();
afterAll(() => home.remove());

describe.skipIf(process.platform !== "linux")("below /proc", () => {
  it.each(["HOME", "OSLM_HOME"])("oslm run answers and ends with %s", async (name) => {
    const { code, stdout } = await home.run(["run", "demo", "hello", "-n", "4"], { env: { [name]: "/proc/oslm" } });
    expect([code, stdout.length > 0]).toEqual([0, true]);
  });

  it("oslm license pack says that there is no place", async () => {
    const { code, stdout, stderr } = await home.run([
      "license",
      "pack",
      "demo",
      "/proc/oslm/pack",
      "--allow-incomplete",
    ]);
    expect([code, stdout]).toEqual([2, ""]);
    expect(stderr).toMatch(/^oslm: cannot use \/proc\/oslm\n {2}No folder can be made there\.\nTry: /m);
  });
});
