// A conversion that is ended from outside, or whose target comes into being while it works.
import type { ChildProcess } from "node:child_process";
import { mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { afterAll, beforeEach, expect, it } from "vitest";
import { hollowConfig, hollowOut, writeFolder } from "../support/checkpoints/folder.js";
import { Home } from "../support/oslm.js";

const home = new Home();
const long = join(home.path, "long");
const out = join(home.path, "out");
const target = join(out, "x.gguf");
const hollow = (path: string, width: number) => {
  writeFolder(path, hollowConfig(width));
  hollowOut(path, width);
};
hollow(long, 16384);
hollow(join(home.path, "middle"), 2048);
writeFolder(join(home.path, "short"));
beforeEach(() => {
  rmSync(out, { recursive: true, force: true });
  mkdirSync(out);
});
afterAll(() => home.remove());

const partials = () => readdirSync(out).filter((name) => name.endsWith(".partial"));
/** Converts, and does something as soon as bytes are written. */
const whileWriting = (act: (child: ChildProcess) => void, ...flags: string[]) =>
  home.run(["convert", long, "--type", "Q8_0", "-o", target, ...flags], {
    onStart: (child) => {
      child.stderr?.on("data", (text: Buffer) => {
        if (/tensors/.test(String(text))) act(child);
      });
    },
  });

it("leaves nothing when its terminal goes, which may be told twice", async () => {
  const { code } = await whileWriting((child) => {
    child.kill("SIGHUP");
    child.kill("SIGHUP");
  });
  expect({ code, left: readdirSync(out) }).toEqual({ code: 129, left: [] });
});

/** Ends it so that it cannot clear up. */
async function kill(): Promise<void> {
  const ending = whileWriting((child) => {
    const look = setInterval(() => {
      if (partials().length > 0) child.kill("SIGKILL");
    }, 20);
    child.on("exit", () => clearInterval(look));
  });
  expect((await ending).code).toBe(null);
  expect(partials()).toHaveLength(1);
}

it("leaves to the next run in that folder what it could not take away", async () => {
  await kill();
  expect((await home.run(["convert", join(home.path, "short"), "-o", join(out, "other.gguf")])).code).toBe(0);
  expect(readdirSync(out)).toEqual(["other.gguf"]);
});

it("leaves a file alone that has come there while it worked", async () => {
  const { code, stderr } = await home.run(["convert", join(home.path, "middle"), "-o", target], {
    onStart: (child) => {
      child.stderr?.once("data", () => writeFileSync(target, "mine"));
    },
  });
  expect([code, stderr]).toEqual([2, expect.stringContaining("It came there while this was made")]);
  expect(readFileSync(target, "utf8")).toBe("mine");
  expect(readdirSync(out)).toEqual(["x.gguf"]);
});

it("is named by doctor and prune, which removes what it has begun and nothing else", async () => {
  await kill();
  writeFileSync(join(out, "mine.partial"), "mine");
  const begun = join(out, partials().find((name) => name !== "mine.partial") ?? "");
  const { unfinished, findings } = JSON.parse((await home.run(["doctor", "--json"])).stdout);
  expect(unfinished).toEqual([{ path: begun, bytes: expect.any(Number) }]);
  const message = `1 result begun and never finished: ${begun}`;
  expect(findings).toContainEqual(expect.objectContaining({ code: "unfinished-results", severity: "note", message }));
  const { items } = JSON.parse((await home.run(["prune", "--dry-run", "--json"])).stdout);
  expect(items).toEqual([{ kind: "unfinished", path: begun, bytes: expect.any(Number) }]);
  expect((await home.run(["prune", "--yes"])).code).toBe(0);
  expect(readdirSync(out)).toEqual(["mine.partial"]);
});
