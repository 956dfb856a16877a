// oslm license report: which models it is about, what it prints, and when it fails.
import { existsSync, mkdirSync, readdirSync, readFileSync, symlinkSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { afterAll, beforeAll, beforeEach, expect, it } from "vitest";
import { TEXTS } from "../license/texts.js";
import { type FakeHub, startFakeHub } from "../support/fake-hub.js";
import { Home } from "../support/oslm.js";
import { tinyGguf } from "../support/tiny-gguf.js";

let home: Home;
let hub: FakeHub;
let project: string;
const text = (id: string) => Buffer.from(TEXTS[id] ?? id);
const files = { "m-Q8_0.gguf": tinyGguf() };

beforeAll(async () => {
  hub = await startFakeHub({
    repos: [
      { id: "org/free", files: { ...files, LICENSE: text("mit") }, card: { license: "mit" } },
      { id: "org/tuned", files, card: { license: "mit", base_model: "org/base" } },
      { id: "org/base", files: { LICENSE: text("llama3.1") }, card: { license: "llama3.1" } },
      { id: "org/sold", files, card: { license: "cc-by-nc-4.0" } },
    ],
  });
  home = new Home({ HF_ENDPOINT: hub.endpoint });
  const accept = ["--accept-license", "mit AND llama3.1"];
  expect((await home.run(["pull", "org/tuned", ...accept])).code).toBe(0);
  expect((await home.run(["pull", "org/free"])).code).toBe(0);
});
afterAll(async () => {
  await hub.close();
  home.remove();
});
beforeEach(() => {
  project = join(home.path, `project-${readdirSync(home.path).length}`);
  mkdirSync(project);
});

const report = (...args: string[]) => home.run(["license", "report", ...args], { cwd: project });
const oslmYaml = (text: string) => writeFileSync(join(project, "oslm.yaml"), text);
const names = (stdout: string) => stdout.split("\n").flatMap((line) => line.split("\t")[0] || []);

it("is about all models on this disk, makes no request, and says the same each time", async () => {
  const before = hub.requests.length;
  const { code, stdout, stderr } = await report();
  expect([code, stderr]).toEqual([0, ""]);
  expect(stdout.split("\n")).toEqual([
    "org/free:Q8_0\tmit\tpermissive\tallowed\tallow\tagree\t",
    "org/tuned:Q8_0\tllama3.1\tcommunity\tconditional\tallow\tlooser\tlooser-than-base",
    "",
  ]);
  expect((await report()).stdout).toBe(stdout);
  expect(hub.requests.length).toBe(before);
});

it("gives the verdicts of oslm license as JSON", async () => {
  const all = JSON.parse((await report("--json")).stdout);
  const one = JSON.parse((await home.run(["license", "org/tuned", "--offline", "--json"])).stdout);
  expect(all[1]).toEqual(one);
  expect(JSON.parse((await report("--json=ref,decision")).stdout)[0]).toEqual({
    ref: "org/free:Q8_0",
    decision: "allow",
  });
  expect((await report("--json", "--format", "markdown")).code).toBe(2);
});

it("is about the project's models where it lists them: stored, kept, or on the Hub", async () => {
  oslmYaml("models: [org/sold, org/free]\n");
  const online = await report();
  expect([online.code, names(online.stdout)]).toEqual([0, ["org/sold", "org/free:Q8_0"]]);
  expect(online.stderr).toContain("On the models of oslm.yaml; --all");
  // What was looked at is kept.
  const offline = await report("--offline");
  expect([offline.code, offline.stdout]).toEqual([0, online.stdout]);
  expect(names((await report("--all")).stdout)).toEqual(["org/free:Q8_0", "org/tuned:Q8_0"]);
});

it("leaves no model out without a word", async () => {
  oslmYaml("models: [org/free, org/gone]\n");
  const { code, stdout, stderr } = await report();
  expect([code, stdout]).toEqual([3, ""]);
  expect(stderr).toContain("org/gone");
  expect((await report("--offline")).code).toBe(7);
});

it("says where the project's list is broken, and where there is none", async () => {
  const none = await report("--project");
  expect([none.code, none.stderr]).toEqual([2, expect.stringContaining("There is no oslm.yaml.")]);
  oslmYaml("license: {}\n");
  expect((await report("--project")).stderr).toContain("oslm.yaml has no models.");
  expect(names((await report()).stdout)).toHaveLength(2);
  oslmYaml("models:\n  - org/free\n  - [x]\n");
  const broken = await report();
  expect([broken.code, broken.stdout]).toEqual([2, ""]);
  expect(broken.stderr).toContain("Line 3, column 5, models[1]");
});

it("prints all of it, then fails where the policy denies one; or, if wanted, where one waits for acceptance", async () => {
  oslmYaml("models: [org/sold, org/tuned, org/free]\nlicense:\n  deny: [llama3.1]\n");
  const denied = await report();
  expect([denied.code, names(denied.stdout).length]).toEqual([5, 3]);
  expect(denied.stderr).toContain("the license of org/tuned:Q8_0 is denied by policy");
  oslmYaml("models: [org/sold, org/free]\n");
  expect((await report()).code).toBe(0);
  const asking = await report("--fail-on", "ask");
  expect([asking.code, names(asking.stdout).length]).toEqual([5, 2]);
  expect(asking.stderr).toContain("oslm license org/sold --accept-license cc-by-nc-4.0");
  oslmYaml("models: [org/sold, org/free]\nlicense:\n  deny: [mit, cc-by-nc-4.0]\n");
  expect((await report()).stderr).toContain("The same holds for org/free:Q8_0.");
});

it("writes a file whole, and over nothing that is not a file", async () => {
  const path = join(project, "licenses.tsv");
  writeFileSync(path, "old");
  const { code, stdout } = await report("-o", path);
  expect([code, stdout]).toEqual([0, ""]);
  expect(readFileSync(path, "utf8")).toBe((await report()).stdout);
  await report("-o", path, "--json");
  expect(JSON.parse(readFileSync(path, "utf8"))).toHaveLength(2);
  symlinkSync(path, join(project, "link"));
  for (const [bad, reason] of [
    ["link", "There is something that is not a file."],
    [".", "There is something that is not a file."],
    ["/dev/null", "There is something that is not a file."],
    ["licenses.tsv/file", "The system says E"],
  ] as const) {
    for (const args of [["report"], ["org/free", "--format", "junit"]]) {
      const { code, stderr } = await home.run(["license", ...args, "-o", bad], { cwd: project });
      expect([code, stderr], bad).toEqual([2, expect.stringContaining(`${bad} cannot be written\n  ${reason}`)]);
    }
  }
  expect(readdirSync(project).sort()).toEqual(["licenses.tsv", "link"]);
  expect((await report("-o", "new/folder/licenses.tsv")).code).toBe(0);
  expect(existsSync(join(project, "new", "folder", "licenses.tsv"))).toBe(true);
  // A file is written also where the report fails, but not where there is none.
  oslmYaml("models: [org/free]\nlicense:\n  deny: [mit]\n");
  expect((await report("-o", join(project, "denied.tsv"))).code).toBe(5);
  expect(readFileSync(join(project, "denied.tsv"), "utf8")).toContain("deny");
  oslmYaml("models: [org/gone]\n");
  expect((await report("-o", join(project, "gone.tsv"))).code).toBe(3);
  expect(existsSync(join(project, "gone.tsv"))).toBe(false);
});
