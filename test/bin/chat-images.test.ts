// A chat about images, by lines, against a part that answers with what it was told.

import { type ChildProcess, spawnSync } from "node:child_process";
import { createHash } from "node:crypto";
import { readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { afterEach, beforeEach, expect, it } from "vitest";
import { ImageRoom, toldPart } from "../support/image-room.js";
import { bmp, progressiveJpeg } from "../support/images.js";

let room: ImageRoom;
beforeEach(() => {
  room = new ImageRoom();
  writeFileSync(at("notes.txt"), "no image at all");
});
afterEach(() => room.remove());

const at = (name: string): string => room.at(name);
const chat = (lines: readonly string[], ...more: string[]) => room.chat(lines, ...more);
const loaded = (): number => room.loaded();
const told = toldPart;
const saved = (): string =>
  readFileSync(at(`.local/state/oslm/chats/${readdirSync(at(".local/state/oslm/chats"))[0]}`), "utf8");

it("shows an image in the middle of a chat, and sends it with every later question", async () => {
  const { code, stdout, stderr } = await chat(["/image red.png", "SAY a cat SAID", "And?", "/show messages"]);
  expect(code).toBe(0);
  expect(told(stdout)).toMatchObject({
    prompt: expect.stringMatching(/USER: <__media__>\nSAY a cat SAID ASSISTANT: a cat<\/s>USER: And\? ASSISTANT:$/),
    images: ["data:image/png;base64"],
  });
  expect(stderr).toMatch(
    /red\.png goes with the next question\.\n.*loaded again.*\n(.*\n)*reading the image; [^\n]*\n/,
  );
  expect(stderr.match(/reading the image/g)).toHaveLength(1);
  expect(stderr).toContain("> [red.png] SAY a cat SAID\na cat");
  expect(loaded()).toBe(1);
});

it("keeps the names and hashes of images, not their bytes, and leaves out those that are gone or have changed", async () => {
  await chat(["/image red.png", "SAY one SAID", "/image blue.bmp", "SAY two SAID"], "--session", "kept");
  const sha256 = createHash("sha256")
    .update(readFileSync(at("red.png")))
    .digest("hex");
  expect(JSON.parse(saved()).turns[0].images).toEqual([{ file: at("red.png"), sha256 }]);
  expect(saved().length).toBeLessThan(2000);
  const same = await chat(["And?"], "--session", "kept");
  expect(told(same.stdout).images).toEqual(["data:image/png;base64", "data:image/bmp;base64"]);
  expect(same.stderr).toContain("> [blue.bmp] SAY two SAID");
  rmSync(at("red.png"));
  writeFileSync(at("blue.bmp"), bmp(8, 8, [9, 9, 9]));
  const { stdout, stderr } = await chat(["SAY three SAID", "And?"], "--session", "kept");
  expect(told(stdout).images).toEqual([]);
  expect(stderr.match(/red\.png is not sent any more: the file is gone/g)).toHaveLength(1);
  expect(stderr).toContain("blue.bmp is not sent any more: the file has changed since it was shown");
});

it("begins with the images of the command line, in the library that reads them", async () => {
  const { stdout, stderr } = await chat(["What?"], "--image", "red.png", "--image", "blue.bmp");
  expect(told(stdout).prompt).toMatch(/USER: <__media__>\n<__media__>\nWhat\? ASSISTANT:$/);
  expect(stderr).not.toContain("loaded again");
});

it.each<[string, readonly string[], RegExp]>([
  ["what is no image", ["/image notes.txt"], /no PNG, JPEG, GIF or BMP file/],
  ["what is missing", ["/image none.png"], /no file none\.png/],
])("refuses %s, and goes on", async (_, lines, reason) => {
  const { code, stdout, stderr } = await chat([...lines, "/image", "Hello"]);
  expect([code, stderr]).toEqual([0, expect.stringMatching(reason)]);
  expect(stderr).toContain("No image goes with the next question.");
  expect(stdout).not.toBe("");
  expect(loaded()).toBe(0);
});

it("counts what decoding an image takes beside the loaded model, also within a size from a flag", async () => {
  writeFileSync(at("photo.jpg"), progressiveJpeg(7000, 7000));
  const within = (ram: string) => chat(["/image photo.jpg", "What?", "/image none", "Hello"], "--ram", ram);
  const small = await within("800MB");
  expect(small.stderr).toMatch(
    /decoding the image does not fit: it takes up to 9\d\d MB\n.*beside the model are [56]\d\d MB of RAM\.\n.*make the image smaller/,
  );
  expect(told(small.stdout)).toMatchObject({ prompt: expect.stringContaining("Hello"), images: [] });
  expect(told((await within("1.5GB")).stdout).prompt).toMatch(/<__media__>\nWhat\?/);
});

it("says what is missing for images: the part, or a projector", async () => {
  expect((await room.run(["chat", "demo"], { stdin: "/image red.png\n" })).stderr).toMatch(
    /demo cannot read images: it has no projector here/,
  );
  room.uninstall();
  const { stderr } = await chat(["/image red.png"]);
  expect(stderr).toMatch(/Try: npm install --prefix .* @fugood\/llama\.node@/);
});

it("gives the question back where the model cannot be loaded for images, and goes on with texts", async () => {
  const lines = ["/image red.png", "What?", "/image", "/image none", "Hello"];
  const { code, stdout, stderr } = await chat(lines, "--mmproj", "broken-mmproj.gguf");
  expect(code).toBe(0);
  expect(stderr).toMatch(/broken-mmproj\.gguf could not be loaded[\s\S]*With the next question: red\.png\./);
  expect(stdout).not.toBe("");
});

it("stops an answer between two tokens, and ends the library only where it reads", async () => {
  const first = await stoppedAt("SLOW", (stdout) => stdout.includes("tick"));
  expect([first.code, first.stderr]).toEqual([0, expect.stringContaining("Stopped.")]);
  expect(told(first.stdout).images).toHaveLength(1);
  expect(loaded()).toBe(1);
  const second = await stoppedAt("HANG", () => loaded() === 2);
  expect([second.code, second.stderr]).toEqual([0, expect.stringContaining("Stopped")]);
  expect(loaded()).toBe(3);
});

/** A chat whose first answer is interrupted when it has come so far. */
async function stoppedAt(question: string, far: (stdout: string) => boolean) {
  let child: ChildProcess | undefined;
  let stdout = "";
  const lines = `${question}\nAnd?\n`;
  const running = room.run(
    ["chat", at("text.gguf"), "--mmproj", at("mmproj.gguf"), "--image", at("red.png"), "-c", "4096"],
    {
      stdin: lines,
      onStart: (started) => {
        child = started;
        started.stdout?.on("data", (text: string) => (stdout += text));
      },
    },
  );
  for (let tries = 0; tries < 400 && !far(stdout); tries++) await new Promise((resolve) => setTimeout(resolve, 25));
  // What reads the question has to have it.
  await new Promise((resolve) => setTimeout(resolve, 500));
  expect(spawnSync("kill", ["-INT", String(child?.pid)]).status).toBe(0);
  return running;
}
