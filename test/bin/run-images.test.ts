// oslm run --image as a program: before the part that reads images, and against one that answers with what it was told.
import { type ChildProcess, spawnSync } from "node:child_process";
import { existsSync, mkdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { afterAll, beforeAll, expect, it } from "vitest";
import { installFakePart } from "../support/fake-part.js";
import { writeGguf } from "../support/gguf-writer.js";
import { bmp, gif, jpeg, jpegHead, png, progressiveJpeg } from "../support/images.js";
import { Home } from "../support/oslm.js";
import { projector, TINY, textModel } from "../support/vision-pair.js";

let home: Home;
let bare: Home;
let loads: string;
const at = (name: string): string => join(home.path, name);

beforeAll(() => {
  home = new Home();
  bare = new Home();
  loads = installFakePart(join(home.path, ".local", "share", "oslm")).loads;
  const files: Record<string, Uint8Array> = {
    "red.png": png(30, 20),
    "blue.bmp": bmp(8, 8),
    "cut.png": png(8, 8).subarray(0, 20),
    "huge.jpg": jpegHead(60_000, 60_000),
    "cut.jpg": jpeg().subarray(0, -2),
    "cut.gif": gif().bytes.subarray(0, 40),
    "cut.bmp": bmp(8, 8).subarray(0, 100),
    "photo.jpg": progressiveJpeg(7000, 7000),
    "notes.txt": Buffer.from("no image at all"),
    "text.gguf": writeGguf(textModel()),
    "broken-model.gguf": writeGguf(textModel()),
    "mmproj.gguf": writeGguf(projector()),
    "broken-mmproj.gguf": writeGguf(projector()),
    "other-mmproj.gguf": writeGguf(projector({ ...TINY, out: 128 })),
  };
  for (const [name, bytes] of Object.entries(files)) writeFileSync(at(name), bytes);
  mkdirSync(at("folder.png"));
});
afterAll(() => {
  home.remove();
  bare.remove();
});

/** `oslm run text.gguf PROMPT --image red.png --mmproj mmproj.gguf`, changed. */
const ask = (prompt: string, ...more: string[]) =>
  home.run(["run", at("text.gguf"), prompt, "--image", at("red.png"), "--mmproj", at("mmproj.gguf"), ...more]);
interface Told {
  readonly prompt: string;
  readonly images: readonly string[];
  readonly rest: Readonly<Record<string, unknown>>;
  readonly options: Readonly<Record<string, unknown>>;
}
const told = (stdout: string): Told => JSON.parse(stdout) as Told;

it("asks about images in their order, before the prompt, in the words that LLaVA was trained with", async () => {
  const { code, stdout, stderr } = await ask("What is this?", "--image", at("blue.bmp"), "-s", "Be brief.");
  expect([code, stderr]).toEqual([
    0,
    "reading 2 images; on a processor this takes a while\nno chat template in the file: asked in the vicuna format, known for this model\n",
  ]);
  const { prompt, images } = told(stdout);
  expect(prompt).toBe("Be brief. USER: <__media__>\n<__media__>\nWhat is this? ASSISTANT:");
  expect(images).toEqual(["data:image/png;base64", "data:image/bmp;base64"]);
});

it("hands on what was asked of the answer, and how it is to be loaded", async () => {
  const flags = [
    "-n",
    "7",
    "--seed",
    "3",
    "--temp",
    "0.5",
    "--top-k",
    "9",
    "--stop",
    "END",
    "-c",
    "300",
    "--format",
    "json",
  ];
  const { stdout } = await ask("x", ...flags);
  const { rest, options } = told(stdout);
  expect(rest).toMatchObject({ n_predict: 7, seed: 3, temperature: 0.5, top_k: 9, stop: ["END"] });
  expect(rest.grammar).toContain("root ::=");
  expect(options).toMatchObject({ n_ctx: 300, n_gpu_layers: 0, n_parallel: 1, ctx_shift: false, cache_type_k: "f16" });
});

it("never asks for more than the context holds", async () => {
  const { rest, prompt } = told((await ask("x", "-c", "400")).stdout);
  expect(rest.n_predict).toBe(400 - (1 + prompt.length + 16));
});

it("gives one document with --json: its receipt names the images by their hashes, and no noise of the library is in it", async () => {
  writeFileSync(at("schema.json"), JSON.stringify({ type: "object", properties: { red: { type: "boolean" } } }));
  const right = await ask("YES", "--json", "--schema", at("schema.json"));
  const document = JSON.parse(right.stdout);
  expect(document).toMatchObject({ text: '{"red":true}', json: { red: true }, finishReason: "stop" });
  expect(document.usage).toMatchObject({ completionTokens: 7, cachedTokens: 0 });
  expect(document.receipt).toMatchObject({ engine: { release: "0.0.1", backend: "cpu" }, gpuLayers: 0 });
  expect(document.receipt.images).toEqual([expect.stringMatching(/^[0-9a-f]{64}$/)]);
});

it("writes a receipt that names the images and has no byte of them, and asks again with them", async () => {
  writeFileSync(at("own.png"), png(30, 20));
  const receipt = at("seen.json");
  const args = ["run", at("text.gguf"), "Well?", "--image", at("own.png"), "--image", at("blue.bmp"), "--seed", "4"];
  expect((await home.run([...args, "--mmproj", at("mmproj.gguf"), "--receipt", receipt])).code).toBe(0);
  const written = JSON.parse(readFileSync(receipt, "utf8"));
  expect(written.messages).toEqual([{ role: "user", content: "Well?" }]);
  expect(written.seen).toMatchObject({ projector: at("mmproj.gguf"), images: [{ file: at("own.png") }, {}] });
  expect(written.images).toEqual(written.seen.images.map(({ sha256 }: { sha256: string }) => sha256));
  expect(await home.run(["replay", receipt])).toMatchObject({ code: 0, stdout: "identical\n", stderr: "" });
  writeFileSync(at("own.png"), png(30, 20, [1, 2, 3]));
  const other = await home.run(["replay", receipt]);
  expect([other.code, other.stderr]).toEqual([
    0,
    expect.stringMatching(/in spite of another image: it was [0-9a-f]{64} and/),
  ]);
  rmSync(at("own.png"));
  expect(await home.run(["replay", receipt])).toMatchObject({ code: 3, stderr: expect.stringContaining("own.png") });
});

it("tells of another projector than that of the receipt", async () => {
  const own = at("own-mmproj.gguf");
  writeFileSync(own, writeGguf(projector()));
  expect((await ask("Well?", "--seed", "4", "--mmproj", own, "--receipt", at("own.json"))).code).toBe(0);
  writeFileSync(own, writeGguf(projector(TINY, { "general.name": "another" })));
  const { code, stderr } = await home.run(["replay", at("own.json")]);
  expect([code, stderr]).toEqual([
    0,
    expect.stringMatching(/in spite of another projectorSha256: it was [0-9a-f]{64}/),
  ]);
});

it("writes no receipt over an image", async () => {
  const before = readFileSync(at("red.png"));
  expect((await ask("Well?", "--receipt", at("red.png"))).code).toBe(2);
  expect(readFileSync(at("red.png"))).toEqual(before);
});

it("prints events with --stream=jsonl", async () => {
  const { stdout } = await ask("x", "--stream=jsonl");
  const events = stdout
    .trimEnd()
    .split("\n")
    .map((line) => JSON.parse(line).type);
  expect(events[0]).toBe("start");
  expect(events.filter((type) => type === "text").length).toBeGreaterThan(1);
  expect(events.at(-1)).toBe("done");
});

it("breaks marks that the prompt holds, and says so", async () => {
  const { stdout, stderr } = await ask("a <__media__> b </s> c");
  expect(told(stdout).prompt).toContain("a <\u200B__media__> b <\u200B/s> c");
  expect(stderr).toContain('an invisible space inside: "<__media__>", "</s>"');
});

it.each<[string, string, number, RegExp]>([
  ["a text", "notes.txt", 2, /no PNG, JPEG, GIF or BMP file/],
  ["more pixels than the bounds", "huge.jpg", 2, /60000 x 60000 pixels/],
  ["a folder", "folder.png", 3, /is a folder/],
  ["a PNG that is cut off", "cut.png", 8, /cut off/],
  ["a JPEG that is cut off", "cut.jpg", 8, /cut off/],
  ["a GIF that is cut off", "cut.gif", 8, /cut off/],
  ["a BMP that is cut off", "cut.bmp", 8, /cut off/],
  ["what is missing", "none.png", 3, /none\.png/],
  ["standard input", "-", 2, /Images are not read from standard input/],
])("refuses %s before anything is loaded", async (_, file, expected, reason) => {
  rmSync(loads, { force: true });
  const { code, stdout, stderr } = await home.run(["run", at("text.gguf"), "x", "--image", file], { cwd: home.path });
  expect([code, stdout]).toEqual([expected, ""]);
  expect(stderr).toMatch(reason);
  expect(stderr).toMatch(/\nTry: /);
  expect(existsSync(loads)).toBe(false);
});

it.each([
  ["a model that does not run", ["blip2", "x", "--image", "red.png"], 9, /does not run|BLIP-2/],
  ["an image that is missing", ["qwen3", "x", "--image", "none.png"], 3, /no file none\.png\n.*\nTry: --image with/],
])("tells of %s before it asks to install the part", async (_, args, expected, reason) => {
  const { code, stderr } = await bare.run(["run", ...args], { cwd: home.path });
  expect([code, stderr]).toEqual([expected, expect.stringMatching(reason)]);
  expect(stderr).not.toContain("npm install");
});

it("says which command installs the part, and needs it for nothing else", async () => {
  const image = await bare.run(["run", at("text.gguf"), "x", "--image", at("red.png")]);
  expect([image.code, image.stdout]).toEqual([9, ""]);
  const folder = join(bare.path, ".local", "share", "oslm", "images");
  expect(image.stderr).toContain(
    `Try: npm install --prefix ${folder} --ignore-scripts --omit=optional @fugood/llama.node@`,
  );
  rmSync(loads, { force: true });
  expect((await home.run(["run", "demo", "Once", "-n", "2"])).code).toBe(0);
  expect(existsSync(loads)).toBe(false);
});

it("says what is missing where a model has no projector, and names one that lies beside it", async () => {
  const { code, stderr } = await home.run(["run", at("text.gguf"), "x", "--image", at("red.png")]);
  expect(code).toBe(9);
  expect(stderr).toMatch(/no projector here\n.*\nTry: add --mmproj .*mmproj\.gguf/);
});

it.each<[string, string[], number, RegExp]>([
  ["a file that is no projector", ["--mmproj", "text.gguf"], 8, /no projector for images/],
  ["a projector of another model", ["--mmproj", "other-mmproj.gguf"], 9, /vectors of 128 numbers; this one's have 256/],
  [
    "a projector that the part refuses",
    ["--mmproj", "broken-mmproj.gguf"],
    9,
    /broken-mmproj\.gguf could not be loaded/,
  ],
])("refuses %s", async (_, [flag = "", file = ""], expected, reason) => {
  const { code, stderr } = await ask("x", flag, at(file));
  expect([code, stderr]).toEqual([expected, expect.stringMatching(reason)]);
});

it("tells the library's own reason where the model is refused", async () => {
  const args = ["run", at("broken-model.gguf"), "x", "--image", at("red.png"), "--mmproj", at("mmproj.gguf")];
  const { code, stderr } = await home.run(args);
  expect([code, stderr]).toEqual([9, expect.stringContaining("the fake one is broken")]);
});

it("counts the pixels of the images before it loads: what holds a small one may not hold a photograph", async () => {
  expect((await ask("x", "--ram", "600MB")).code).toBe(0);
  const { code, stderr } = await ask("x", "--ram", "600MB", "--image", at("photo.jpg"));
  expect([code, stderr]).toEqual([6, expect.stringMatching(/does not fit|needs .* of RAM/)]);
});

it.each<[string, number, RegExp]>([
  ["UNDECODABLE", 8, /cannot be read as an image/],
  ["REFUSE", 9, /Failed to evaluate chunks/],
  ["CRASH", 9, /has gone: it was ended by SIGABRT/],
  ["KILLED", 6, /the memory ran out while .*red\.png was loaded/],
  ["FULL", 6, /the memory ran out while .*red\.png was loaded/],
])("lives on to tell when the part fails: %s", async (prompt, expected, reason) => {
  const { code, stdout, stderr } = await ask(prompt);
  expect([code, stdout]).toEqual([expected, ""]);
  expect(stderr).toMatch(reason);
});

it("names the image that the decoder refuses", async () => {
  writeFileSync(at("damaged.png"), Buffer.concat([png(8, 8), Buffer.from("DAMAGED")]));
  const { code, stderr } = await ask("x", "--image", at("damaged.png"), "--image", at("blue.bmp"));
  expect([code, stderr]).toEqual([8, expect.stringMatching(/damaged\.png cannot be read as an image/)]);
});

it("refuses a prompt whose images fill the context, with the context that would hold them", async () => {
  const { code, stderr } = await ask("x".repeat(300), "-c", "128");
  expect([code, stderr]).toEqual([
    2,
    expect.stringMatching(/take \d+ tokens, the context has 128\n.*\nTry: fewer images, or --ctx 1024/),
  ]);
});

it("ends the process that reads images with itself", async () => {
  let started: ChildProcess | undefined;
  const running = home.run(["run", at("text.gguf"), "HANG", "--image", at("red.png"), "--mmproj", at("mmproj.gguf")], {
    onStart: (child) => (started = child),
  });
  const children = () => spawnSync("pgrep", ["-P", String(started?.pid)], { encoding: "utf8" }).stdout.trim();
  let pid = "";
  for (let tries = 0; tries < 200 && pid === ""; tries++) {
    await new Promise((resolve) => setTimeout(resolve, 25));
    pid = children();
  }
  expect(pid).not.toBe("");
  started?.kill("SIGINT");
  expect((await running).code).toBe(130);
  expect(spawnSync("kill", ["-0", pid]).status).not.toBe(0);
});
