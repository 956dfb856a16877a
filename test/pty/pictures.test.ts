// The pictures of README.md show what the program shows today.
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { parseXml } from "@rgrove/parse-xml";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { emulateCells } from "../support/emulate.js";
import type { FakeHub } from "../support/fake-hub.js";
import { FOLDER } from "../support/pictures/draw.js";
import { sayPicture } from "../support/pictures/say.js";
import { SCENES } from "../support/pictures/scenes.js";
import { drawScreen } from "../support/pictures/svg.js";
import { COLUMNS, startPictureHub, take } from "../support/pictures/take.js";

const README = readFileSync(join(FOLDER, "../../README.md"), "utf8");
const stored = (name: string): string => readFileSync(join(FOLDER, `${name}.svg`), "utf8");

// bash types the commands.
describe.skipIf(process.platform === "win32")("docs/pictures, or npm run pictures writes them anew:", () => {
  let hub: FakeHub;
  beforeAll(async () => {
    hub = await startPictureHub();
  });
  afterAll(() => hub.close());

  it.each(SCENES)("$name", async (scene) => {
    const { name, title, varies } = scene;
    const lines = sayPicture(drawScreen(await take(scene, hub), COLUMNS, title), varies);
    expect(lines.length).toBeGreaterThan(5);
    expect(sayPicture(stored(name), varies)).toEqual(lines);
  });
});

it.each(SCENES)("$name is small, whole, asks for nothing else, and is described in README.md", ({ name, title }) => {
  const svg = stored(name);
  expect(svg.length).toBeLessThan(40_000);
  expect(parseXml(svg).root?.name).toBe("svg");
  expect(svg.replace("http://www.w3.org/2000/svg", "")).not.toMatch(/https?:|href|url\(|@import|<script|<image/);
  expect(README).toContain(`![${title}](docs/pictures/${name}.svg)`);
});

it("draws each piece at its column, in its style, and bars as bars", () => {
  const screen =
    "\u001b[1mA  B\u001b[22m \u001b[36m██\u001b[39m░ <x>\u001b[0m\r\n\u001b[2mdim\u001b[0m \r\nlonger than the screen";
  const svg = drawScreen(emulateCells(screen, 24, 16), 16, "a & b");
  expect(sayPicture(svg)).toEqual(["A B ██ ░ <x>", "dim", "longer than the", "screen"]);
  const [first = "", second = ""] = svg.match(/^<g>.*/gm) ?? [];
  expect(first).toMatch(
    /<text x="16" [^>]*class="b">A<.*<text x="41.2" [^>]*class="b">B<.*<rect x="58" .*fill="#56d4dd".*<text x="91.6" [^>]*>&lt;x&gt;</,
  );
  expect(second).toContain('class="d">dim<');
  expect(svg).toContain("<title>a &amp; b</title>");
});
