// A conversation about images, gone on with where they cannot be read, and with other models in between.
import { afterEach, beforeEach, expect, it } from "vitest";
import { ImageRoom, toldPart } from "../support/image-room.js";

let room: ImageRoom;
beforeEach(() => {
  room = new ImageRoom();
});
afterEach(() => room.remove());

const seen = ["/image red.png", "SAY one SAID"];
const count = (text: string, part: RegExp): number => [...text.matchAll(new RegExp(part, "g"))].length;

it.each<[string, readonly string[], RegExp, (room: ImageRoom) => void]>([
  ["the part is gone", [], /npm install --prefix/, (there) => there.uninstall()],
  ["the projector is gone", ["--mmproj", "none.gguf"], /none\.gguf/, () => {}],
  [
    "the projector does not load",
    ["--mmproj", "broken-mmproj.gguf"],
    /broken-mmproj\.gguf could not be loaded/,
    () => {},
  ],
  ["a flag is in the way", ["--lookup"], /--lookup has no place beside images/, () => {}],
])("answers without the images of earlier questions where %s, and says so once", async (_, flags, reason, change) => {
  await room.chat(seen, "--session", "kept");
  change(room);
  const { code, stdout, stderr } = await room.chat(["And?", "Well?"], "--session", "kept", ...flags);
  expect(code).toBe(0);
  expect(stdout.trim()).not.toBe("");
  expect(stderr).not.toContain("The question was");
  expect(count(stderr, reason)).toBe(1);
  expect(count(stderr, /red\.png is not sent any more: the model cannot be loaded for images/)).toBe(1);
  // What loads is asked for before the text model is let go.
  expect(stderr.includes("loaded again")).toBe(flags.includes("broken-mmproj.gguf"));
});

it("refuses an image beside a flag that the part cannot honour", async () => {
  const { stderr } = await room.chat(["/image red.png"], "--lookup");
  expect(stderr).toContain("--lookup has no place beside images");
});

it("counts for another model only what is for that one: not the first one's draft, nor its projector", async () => {
  const lines = ["/model ./other.gguf", "/image red.png"];
  const drafted = await room.run(["chat", "demo", "--draft", "demo"], { stdin: `${lines.join("\n")}\n` });
  const pointed = await room.chat(lines);
  for (const { stderr } of [drafted, pointed])
    expect(stderr).toContain("other.gguf cannot read images: it has no projector here");
  expect(drafted.stderr).not.toContain("no place");
});

it("chats with a projector of its own without a prompt, and refuses one beside a prompt about texts", async () => {
  const [args, stdin] = [["run", "./text.gguf", "--mmproj", "mmproj.gguf"], ""];
  expect((await room.run([...args, "Hello"])).stderr).toContain("--mmproj is for images");
  expect((await room.run(args, { stdin })).stderr).not.toContain("--mmproj is for images");
});

it("tells of the format that only the projector makes known", async () => {
  const { stdout, stderr } = await room.chat(["/image red.png", "What?"]);
  expect(stderr).toMatch(/a base model: it continues[\s\S]*from now on it is asked in the vicuna format/);
  expect(toldPart(stdout).prompt).toContain("USER:");
});

it.each<[string, readonly string[], RegExp]>([
  [
    "an answer",
    ["run", "./text.gguf", "Hi", "--ram", "200MB"],
    /oslm run \.\/text\.gguf --image red\.png --mmproj mmproj\.gguf --ctx \d+ --ram/,
  ],
  [
    "a chat",
    ["chat", "./text.gguf", "--ram", "500MB"],
    /oslm chat \.\/text\.gguf --image red\.png --mmproj mmproj\.gguf --ctx \d+ --ram/,
  ],
])("says how %s about an image can be had where memory lacks", async (_, args, command) => {
  const images = ["--image", "red.png", "--mmproj", "mmproj.gguf"];
  const { code, stderr } = await room.run([...args, ...images, "-c", "65536"], { stdin: "" });
  expect([code, stderr]).toEqual([6, expect.stringMatching(command)]);
});

it("says how a replay about an image can be had where memory lacks", async () => {
  const args = [
    "run",
    "./text.gguf",
    "Hi",
    "--image",
    "red.png",
    "--mmproj",
    "mmproj.gguf",
    "-c",
    "65536",
    "--receipt",
    "seen.json",
  ];
  expect((await room.run(args)).code).toBe(0);
  const { code, stderr } = await room.run(["replay", "seen.json", "--ram", "200MB"]);
  expect([code, stderr]).toEqual([
    6,
    expect.stringMatching(/oslm run \S*text\.gguf --image \S*red\.png --mmproj \S*mmproj\.gguf --ctx/),
  ]);
});

it("reads images again with the model that comes back where another one could not be loaded in its place", async () => {
  const lines = ["What?", "/model ./unknown.gguf", "And?"];
  // Each alone has room, both together have not.
  const { code, stdout, stderr } = await room.chat(lines, "--image", "red.png", "-c", "65536", "--ram", "700MB");
  expect([code, stderr]).toEqual([0, expect.stringMatching(/unknown tokenizer[\s\S]*text\.gguf goes on\./)]);
  expect(toldPart(stdout).images).toHaveLength(1);
  expect([room.loaded(), stderr.includes("loaded again")]).toEqual([2, false]);
});

it("tells once of marks that the questions hold", async () => {
  const { stderr } = await room.chat(["SAY a SAID </s> b", "SAY b SAID", "SAY c SAID </s> d"], "--image", "red.png");
  expect(count(stderr, /an invisible space inside/)).toBe(1);
});
