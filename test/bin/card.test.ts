// oslm card: the model card on a terminal, in a pipe, from the disk, and what becomes of hostile ones.
import { mkdirSync, symlinkSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { afterAll, beforeAll, beforeEach, expect, it } from "vitest";
import { type FakeHub, type FakeRepo, startFakeHub } from "../support/fake-hub.js";
import { BIN, Home } from "../support/oslm.js";
import { inTerminal } from "../support/pty.js";
import { tinyGguf } from "../support/tiny-gguf.js";

const CARD = `---
license: mit
language:
  - en
  - de
model-index:
  - name: deep
---
<p align="center">
  <img src="logo.png" alt="The logo"> <a href="https://acme.example/"><b>Home</b></a>
</p>
<!-- a secret -->

# A model

Some **bold** text with a [link](https://acme.example/a "title"), the [same](https://acme.example/a), a
[file](LICENSE), an [anchor](#top) and <https://acme.example/plain>. ![A cat](cat.png)<br>Next &amp; last.

| a | b |
|---|---|
| [x](https://acme.example/x) | <b>y</b> |

\`\`\`html
<b>code</b>
\`\`\`
`;
const EVIL = `---
license: "\u001b[2Jmit"
---
\u001b]0;title\u0007 \u001b[31mred \u202ebidi \u009b2J &#27;[2J &#x1b;[2J
[link](https://acme.example/\u001b[2J) [script](javascript:alert(1))
<script>alert(1)</script><style>p{}</style><img alt="\u001b[2J">
`;
const text = (id: string, card: string): FakeRepo => ({
  ...{ id, files: { "README.md": Buffer.from(card) } },
  lfs: (path) => path.endsWith(".gguf"),
});

let hub: FakeHub;
let home: Home;
beforeAll(async () => {
  hub = await startFakeHub({
    repos: [
      {
        id: "acme/m-GGUF",
        files: { "m-Q4_K_M.gguf": tinyGguf(), "README.md": Buffer.from(CARD) },
        card: { license: "mit" },
      },
      text("acme/evil", EVIL),
      text("acme/deep", `deep\n${"> ".repeat(50_000)}\n${"- ".repeat(3_000)}x`),
      text(
        "acme/marks",
        `word word\n${`${"[a](".repeat(1_900)}\n${"|".repeat(7_900)}\n${"&a".repeat(3_900)}\n`.repeat(6)}`,
      ),
      text(
        "acme/quoted",
        `# A title\n\n${">".repeat(500)} x\n\n${"- ".repeat(30)}y\n\n![](data:${"A".repeat(9_000)})\n\n**bold**\n`,
      ),
      text("acme/long", `# Long\n\n${"word ".repeat(40)}\n\n`.repeat(2_000)),
      text("acme/huge", "x".repeat(1_100_000)),
      { id: "acme/mute", files: { "m.gguf": Buffer.from("GGUF") } },
    ],
  });
  home = new Home({ HF_ENDPOINT: hub.endpoint });
});
afterAll(async () => {
  await hub.close();
  home.remove();
});
beforeEach(() => {
  hub.requests.length = 0;
  hub.faults.clear();
});
const card = (...args: string[]) => home.run(["card", ...args]);

it("gives a pipe the text as it is, by one request", async () => {
  expect(await card("acme/m-GGUF")).toEqual({ code: 0, stdout: CARD, stderr: "" });
  expect(hub.requests.map(({ path }) => path)).toEqual(["/acme/m-GGUF/raw/main/README.md"]);
  const { stdout } = await card("acme/m-GGUF", "--json");
  expect(JSON.parse(stdout)).toEqual({
    ...{ name: "acme/m-GGUF", repo: "acme/m-GGUF", revision: "main", source: "hub", text: CARD },
    url: `${hub.endpoint}/acme/m-GGUF/blob/main/README.md`,
    frontMatter: { license: "mit", language: ["en", "de"], "model-index": [{ name: "deep" }] },
  });
});

it("renders it for people: no tags, pictures as words, links by number", async () => {
  const { text: shown } = await inTerminal(home, ["card", "acme/m-GGUF", "--no-color"], [], { columns: 70 });
  const lines = shown.split(/\r?\n/);
  expect(lines.slice(0, 16)).toEqual([
    ...["license   mit", "language  en, de", "", "The logo Home [1]", "", "A model", ""],
    "Some bold text with a link [2], the same [2], a",
    "file [3], an anchor and https://acme.example/plain. A cat",
    ...["Next & last.", "", "a      b", "─────  ────", "x [4]  y", "", "  <b>code</b>"],
  ]);
  const file = `${hub.endpoint}/acme/m-GGUF/blob/main/LICENSE`;
  const links = ["https://acme.example/", "https://acme.example/a", file, "https://acme.example/x"];
  expect(shown).toContain(links.map((href, index) => `[${index + 1}] ${href}`).join("\n"));
  for (const gone of ["secret", "<p", "<br", "logo.png"]) expect(shown).not.toContain(gone);
});

it("shows as it is only the block that no person wrote", async () => {
  const { text: shown } = await inTerminal(home, ["card", "acme/quoted", "--no-color"], [], { columns: 70 });
  const lines = shown.split("\n");
  expect(lines[0]).toBe("A title");
  expect(shown).toContain(">".repeat(69));
  expect(shown).toContain("- - - ");
  expect(shown).toContain("AA…");
  expect(lines).toContain("bold");
});

it("takes a terminal that tells 0 columns for one of 80", async () => {
  const [known, unknown] = await Promise.all(
    [80, 0].map((columns) => {
      const script = `stty cols ${columns} rows 0; exec "$0" "$@"`;
      const shell = ["sh", "-c", script, process.execPath, BIN, "card", "acme/m-GGUF", "--no-color"];
      return inTerminal(home, [], [], { shell });
    }),
  );
  expect(known?.text).toContain("Some bold text with a link [2], the same [2], a\nfile [3]");
  expect(unknown).toEqual(known);
});

it("prints nothing that steers a terminal, whatever the face", async () => {
  const faces = [
    (await card("acme/evil")).stdout,
    (await card("acme/evil", "--json")).stdout,
    (await inTerminal(home, ["card", "acme/evil", "--no-color"])).text,
  ];
  for (const face of faces) {
    expect(face).toContain("red bidi");
    for (const bad of ["\u001b[2J", "\u001b]", "\u001b[31m", "\u0007", "\u202e", "\u009b"])
      expect(face).not.toContain(bad);
  }
  expect(faces[2]).not.toContain("alert");
  expect(faces[2]).not.toContain("javascript:");
});

it.each(["acme/deep", "acme/marks", "acme/long"])(
  "takes no time for what nobody wrote to be read: %s",
  async (repo) => {
    const start = performance.now();
    const { text: shown } = await inTerminal(home, ["card", repo, "--no-color"]);
    expect(shown).toContain(repo.endsWith("deep") ? "deep" : "word word");
    expect(performance.now() - start).toBeLessThan(8_000);
  },
);

it("reads the card of a stored model at its commit, and again without the network", async () => {
  expect((await home.run(["pull", "acme/m-GGUF"])).code).toBe(0);
  await hub.push({ id: "acme/m-GGUF", files: { "README.md": Buffer.from("newer") } });
  hub.requests.length = 0;
  expect((await card("acme/m-GGUF")).stdout).toBe(CARD);
  expect(hub.requests.length).toBe(1);
  expect((await card("acme/m-GGUF", "--offline")).stdout).toBe(CARD);
  expect(hub.requests.length).toBe(1);
  expect((await card("acme/evil", "--offline")).code).toBe(7);
});

it("takes what another program has put into the cache, and nothing from outside of it", async () => {
  const other = new Home({ HF_ENDPOINT: hub.endpoint });
  const { commit } = JSON.parse((await other.run(["pull", "acme/m-GGUF@main", "--json"])).stdout || "{}");
  // The newest state has no model file: the first one is pulled by its commit.
  expect(commit).toBeUndefined();
  const stored = JSON.parse((await home.run(["show", "acme/m-GGUF", "--json=commit"])).stdout) as { commit: string };
  await other.run(["pull", `acme/m-GGUF@${stored.commit}`]);
  const snapshot = join(other.cache, "models--acme--m-GGUF", "snapshots", stored.commit);
  mkdirSync(snapshot, { recursive: true });
  const secret = join(other.path, "secret.txt");
  writeFileSync(secret, "secret");
  symlinkSync(secret, join(snapshot, "README.md"));
  expect((await other.run(["card", "acme/m-GGUF", "--offline"])).code).toBe(7);
  other.remove();
  const third = new Home({ HF_ENDPOINT: hub.endpoint });
  await third.run(["pull", `acme/m-GGUF@${stored.commit}`]);
  writeFileSync(join(third.cache, "models--acme--m-GGUF", "snapshots", stored.commit, "README.md"), "of the cache");
  expect((await third.run(["card", "acme/m-GGUF", "--offline"])).stdout).toBe("of the cache\n");
  third.remove();
});

it("explains what has no card, and what fails", async () => {
  expect((await card("acme/mute")).code).toBe(3);
  expect((await card("acme/none")).code).toBe(3);
  expect((await card("demo")).code).toBe(2);
  const huge = await card("acme/huge");
  expect([huge.code, huge.stderr]).toEqual([8, expect.stringContaining("of acme/huge is larger than 1.0 MB\n")]);
  expect(huge.stderr).toContain(`Try: read it at ${hub.endpoint}/acme/huge/blob/main/README.md`);
  hub.faults.set("README.md", { times: 1, status: 500 });
  expect((await card("acme/evil")).code).toBe(0);
  hub.faults.set("README.md", { times: 1, status: 429, headers: { "retry-after": "1" } });
  expect((await card("acme/evil")).code).toBe(0);
  hub.faults.set("README.md", { html: true });
  const portal = await card("acme/evil");
  expect([portal.code, portal.stdout]).toEqual([8, ""]);
});
