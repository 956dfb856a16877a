// A disk without a free byte: what is said to help must help.
import { execFile } from "node:child_process";
import { afterAll, beforeAll, expect, it } from "vitest";
import { canMount } from "../support/can-mount.js";
import { type FakeHub, startFakeHub } from "../support/fake-hub.js";
import { BIN, Home } from "../support/oslm.js";
import { bytes } from "../support/store-room.js";
import { tinyGguf } from "../support/tiny-gguf.js";

let home: Home;
let hub: FakeHub;
beforeAll(async () => {
  home = new Home();
  const files = { "m-Q8_0.gguf": Buffer.concat([tinyGguf(), bytes(2_000_000)]) };
  hub = await startFakeHub({ repos: [{ id: "org/m", files, card: { license: "mit" } }] });
});
afterAll(async () => {
  await hub.close();
  home.remove();
});

it.skipIf(!canMount())("rm frees room on it, also when the list of models is lost", { timeout: 30_000 }, async () => {
  const script = `
    mount -t tmpfs -o size=8m none "$HOME"
    oslm() { "${process.execPath}" "${BIN}" "$@"; }
    oslm pull org/m --quiet >/dev/null || exit 21
    rm "$HOME/.local/state/oslm/index.json"
    cat /dev/zero > "$HOME/fill" 2>/dev/null
    oslm list --quiet || exit 22
    oslm rm org/m --yes >/dev/null || exit 23
    find "$HOME/.cache" -type f | grep blobs
    find "$HOME" -name '*.tmp'
    oslm list --quiet`;
  const env = { PATH: process.env.PATH ?? "", HOME: home.path, HF_ENDPOINT: hub.endpoint };
  const run = new Promise<string>((resolve, reject) => {
    execFile("unshare", ["-rm", "sh", "-c", script], { env }, (error, stdout, stderr) => {
      if (error) reject(new Error(`${error.code}: ${stderr}`));
      else resolve(stdout);
    });
  });
  // The model before, nothing afterwards.
  expect(await run).toBe("org/m:Q8_0\n");
});
