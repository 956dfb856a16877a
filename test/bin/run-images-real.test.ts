// The real part with a small LLaVA. It is no dependency of oslm: install it with the command that `oslm run MODEL x --image FILE` prints,
// and run this with IMAGE_PART set to that command's folder.
import type { ChildProcess } from "node:child_process";
import { existsSync, mkdirSync, readFileSync, symlinkSync, writeFileSync } from "node:fs";
import { createRequire } from "node:module";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { projectorBytes } from "../../src/app/fit/plan-images.js";
import { decodingBytes, readImages } from "../../src/app/run/read-images.js";
import { readModel } from "../../src/app/run/read-model.js";
import { planLoad } from "../../src/fit/plan-load.js";
import { readHeader } from "../../src/gguf/header.js";
import { projectorOf } from "../../src/gguf/projector.js";
import { ImageProcess } from "../../src/runtime/images/image-process.js";
import { fileSource } from "../../src/store/file-source.js";
import { writeGguf } from "../support/gguf-writer.js";
import { hollowLlama, writeHollow } from "../support/hollow-llama.js";
import { bmp, deepPng, png, progressiveJpeg } from "../support/images.js";
import { Home } from "../support/oslm.js";
import { projector, textModel, VIT_L } from "../support/vision-pair.js";

const folder = process.env.IMAGE_PART;
const ARGMAX = {
  temp: 0,
  topP: 1,
  topK: 1,
  minP: 0,
  repeatPenalty: 1,
  presencePenalty: 0,
  frequencyPenalty: 0,
  repeatLastN: 0,
};
const HOST = { ramTotal: 16e9, ramAvailable: 16e9, gpus: [], cores: 2 };

/** Of oslm and of the process that reads images together, at the same moment. */
interface Peak {
  readonly code: number | null;
  readonly bytes: number;
}

describe.skipIf(folder === undefined)("the real part (IMAGE_PART=FOLDER runs it)", () => {
  let home: Home;
  const at = (name: string): string => join(home.path, name);
  beforeAll(() => {
    home = new Home();
    mkdirSync(at(".local/share/oslm/images"), { recursive: true });
    symlinkSync(join(folder ?? "", "node_modules"), at(".local/share/oslm/images/node_modules"));
    writeFileSync(at("text.gguf"), writeGguf(textModel()));
    writeFileSync(at("mmproj.gguf"), writeGguf(projector()));
    writeFileSync(at("red.png"), png(80, 40, [255, 0, 0]));
    writeFileSync(at("again.bmp"), bmp(80, 40, [255, 0, 0]));
    writeFileSync(at("blue.png"), png(80, 40, [0, 0, 255]));
    writeFileSync(at("broken.png"), png(8, 8, [0, 0, 0], Buffer.from("nonsense")));
  });
  afterAll(() => home.remove());

  const ask = (image: string, ...more: string[]) => {
    const args = ["What is this?", "--image", at(image), "--mmproj", at("mmproj.gguf"), "-n", "12", "--seed", "1"];
    return home.run(["run", at("text.gguf"), ...args, ...more]);
  };

  it("answers, each time in the same way", async () => {
    const [first, second] = [await ask("red.png", "--json"), await ask("red.png", "--json")];
    expect([first.code, second.code]).toEqual([0, 0]);
    const [one, two] = [JSON.parse(first.stdout), JSON.parse(second.stdout)];
    expect(one.text).toBe(two.text);
    expect(one).toMatchObject({ finishReason: "length", usage: { completionTokens: 12 } });
    expect(one.receipt.engine.engine).toBe("llama.cpp (@fugood/llama.node)");
  });

  it("gives the same answer to a receipt, and another where the image is another", async () => {
    writeFileSync(at("own.png"), png(80, 40, [255, 0, 0]));
    expect((await ask("own.png", "--receipt", at("r.json"))).code).toBe(0);
    expect(await home.run(["replay", at("r.json")])).toMatchObject({ code: 0, stdout: "identical\n", stderr: "" });
    writeFileSync(at("own.png"), png(80, 40, [0, 0, 255]));
    const { code, stderr } = await home.run(["replay", at("r.json")]);
    expect([code, stderr]).toEqual([10, expect.stringContaining("image")]);
  });

  it("looks at the image: its color changes the answer, its file format does not", async () => {
    const answers = await Promise.all(["red.png", "again.bmp", "blue.png"].map((image) => ask(image, "--json")));
    const [red, again, blue] = answers.map(({ stdout }) => JSON.parse(stdout).text);
    expect(again).toBe(red);
    expect(blue).not.toBe(red);
  });

  it("takes 16 tokens for each image", async () => {
    const tokens = async (...more: string[]) =>
      JSON.parse((await ask("red.png", "--json", ...more)).stdout).usage.promptTokens;
    const [one, two] = [await tokens(), await tokens("--image", at("blue.png"))];
    // A mark of its own has a line break.
    expect(two - one).toBeGreaterThanOrEqual(17);
    expect(two - one).toBeLessThan(24);
  });

  it("holds an answer to a schema", async () => {
    writeFileSync(at("schema.json"), JSON.stringify({ enum: ["cat", "dog"] }));
    const { code, stdout } = await ask("red.png", "--schema", at("schema.json"));
    expect([code, ["cat", "dog"].includes(JSON.parse(stdout))]).toEqual([0, true]);
  });

  it("reads an image once for all questions about it, and answers as if it had read it anew", async () => {
    const entry = createRequire(at(".local/share/oslm/images/package.json")).resolve("@fugood/llama.node");
    const sampling = { ...ARGMAX, seed: 1 };
    const started: ImageProcess[] = [];
    const start = async () => {
      const child = new ImageProcess(new URL("../../dist/parts/image-child.js", import.meta.url));
      started.push(child);
      const files = { entry, path: at("text.gguf"), projector: at("mmproj.gguf") };
      child.tell({ is: "load", ...files, ctx: 512, threads: 1, batch: 512, useMmap: true, kvType: "f16" });
      expect(await child.next()).toEqual({ is: "loaded" });
      return child;
    };
    const askIt = async (child: ImageProcess, text: string, ...images: string[]) => {
      const shown = images.map((name) => `data:image/png;base64,${readFileSync(at(name)).toString("base64")}`);
      const asked = { text, images: shown, decoding: 1, bosToken: "<s>", sampling, maxTokens: 12, stop: [] };
      child.tell({ is: "ask", ...asked });
      let answer = "";
      for (let reply = await child.next(); reply.is !== "done"; reply = await child.next()) {
        if (reply.is === "text") answer += reply.text;
        else expect(reply).toMatchObject({ is: "read", fits: true });
      }
      return answer;
    };
    const encoded = (child: ImageProcess) => child.log.split("encoding image slice").length - 1;
    const [chat, other] = [await start(), await start()];
    const first = "USER: <__media__>\nWhat is this? ASSISTANT:";
    const red = await askIt(chat, first, "red.png");
    const second = `${first}${red}USER: And what else? ASSISTANT:`;
    const answer = await askIt(chat, second, "red.png");
    expect(encoded(chat)).toBe(1);
    expect(await askIt(other, second, "red.png")).toBe(answer);
    await askIt(chat, first, "blue.png");
    expect(encoded(chat)).toBe(2);
    for (const child of started) await child.kill();
  });

  it("refuses an image that cannot be decoded", async () => {
    expect((await ask("broken.png")).code).toBe(8);
  });

  it.skipIf(process.platform !== "linux")("takes the memory that fit foresees, and no more", async () => {
    const shape = { ...VIT_L, layers: 3, side: 112, out: 512 };
    writeHollow(at("hollow.gguf"), hollowLlama(2));
    writeFileSync(at("large.gguf"), writeGguf(projector(shape)));
    const seeing = projectorOf(await readHeader(await fileSource(at("large.gguf")), { name: "large.gguf" }));
    const subject = await readModel({ paths: [at("hollow.gguf")] });
    const plan = planLoad(subject, HOST, { ctx: 2048, batch: 512, projector: projectorBytes(seeing) });
    const args = ["What?", "--image", at("red.png"), "--mmproj", at("large.gguf"), "-n", "2", "-c", "2048"];
    const { code, bytes } = await peakOf(["run", at("hollow.gguf"), ...args]);
    expect(code).toBe(0);
    expect(plan.estimate.total).toBeGreaterThan(bytes * 0.97);
    expect(plan.estimate.total).toBeLessThan(bytes * 1.25);
  });

  it.skipIf(process.platform !== "linux").each<[string, string, () => Buffer]>([
    ["a PNG of 16 bits", "deep.png", () => deepPng(4000, 3000)],
    ["a progressive JPEG of four colors", "four.jpg", () => progressiveJpeg(4000, 3000)],
    ["a large file", "padded.png", () => Buffer.concat([png(900, 700), Buffer.alloc(40 * 2 ** 20, "x")])],
  ])("takes no more than is foreseen for decoding %s", async (_, name, make) => {
    writeFileSync(at(name), make());
    const peak = (image: string) =>
      peakOf([
        "run",
        at("text.gguf"),
        "x",
        "--image",
        at(image),
        "--mmproj",
        at("mmproj.gguf"),
        "-n",
        "2",
        "-c",
        "512",
      ]);
    const [small, large] = [await peak("red.png"), await peak(name)];
    expect([small.code, large.code]).toEqual([0, 0]);
    const foreseen = decodingBytes(await readImages({ home: home.path }, [at(name)]));
    expect(foreseen).toBeGreaterThan(large.bytes - small.bytes);
    expect(foreseen).toBeLessThan((large.bytes - small.bytes) * 2);
  });

  it.skipIf(process.platform !== "linux")(
    "ends with 6 where a limit on addresses leaves no room to decode",
    async () => {
      writeFileSync(at("four.jpg"), progressiveJpeg(8000, 6000));
      const args = ["x", "--image", at("four.jpg"), "--mmproj", at("mmproj.gguf"), "-n", "2", "-c", "512"];
      const run = (megabytes: number, ...more: string[]) =>
        home.run(["run", at("text.gguf"), ...args, ...more], { ulimit: ["-v", megabytes * 1000] });
      expect(await run(1500)).toMatchObject({ code: 6, stderr: expect.stringContaining("does not fit") });
      for (const megabytes of [1300, 1500, 1700]) {
        const { code, stderr } = await run(megabytes, "--force");
        expect([megabytes, code, stderr]).toEqual([megabytes, 6, expect.stringContaining("the memory ran out")]);
      }
    },
  );

  it.skipIf(process.platform === "win32")("gives no other program what it cannot decode", async () => {
    // Arithmetic coding.
    const image = progressiveJpeg(8, 8);
    image[image.indexOf(Buffer.from([0xff, 0xc2])) + 1] = 0xca;
    writeFileSync(at("arithmetic.jpg"), image);
    mkdirSync(at("programs"));
    const spy = `#!/bin/sh\necho called >> ${at("called")}\n`;
    for (const name of ["ffprobe", "ffmpeg"]) writeFileSync(at(`programs/${name}`), spy, { mode: 0o755 });
    const args = ["run", at("text.gguf"), "x", "--image", at("arithmetic.jpg"), "--mmproj", at("mmproj.gguf")];
    const { code } = await home.run(args, { env: { PATH: `${at("programs")}:${process.env.PATH}` } });
    expect([code, existsSync(at("called"))]).toEqual([8, false]);
  });

  async function peakOf(args: readonly string[]): Promise<Peak> {
    let watched: ChildProcess | undefined;
    const running = home.run(args, { onStart: (child) => (watched = child) });
    let bytes = 0;
    const timer = setInterval(() => {
      const [child = ""] = childrenOf(String(watched?.pid));
      bytes = Math.max(bytes, field(child, "VmRSS") + field(String(watched?.pid), "RssAnon"));
    }, 5);
    const { code } = await running;
    clearInterval(timer);
    return { code, bytes };
  }
});

/** Of a process that may have gone. */
function childrenOf(pid: string): readonly string[] {
  try {
    return readFileSync(`/proc/${pid}/task/${pid}/children`, "utf8").trim().split(" ");
  } catch {
    return [];
  }
}

/** Bytes, of a process that may have gone. */
function field(pid: string, name: string): number {
  try {
    const [, kilobytes = "0"] =
      new RegExp(`^${name}:\\s+(\\d+)`, "m").exec(readFileSync(`/proc/${pid}/status`, "utf8")) ?? [];
    return Number(kilobytes) * 1024;
  } catch {
    return 0;
  }
}
