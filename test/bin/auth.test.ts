// Signing in and out, and what gated repositories say to whom.
import { existsSync, mkdirSync, readdirSync, readFileSync, statSync, symlinkSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from "vitest";
import { type FakeHub, type FakeRepo, startFakeHub } from "../support/fake-hub.js";
import { Home } from "../support/oslm.js";
import { tinyGguf } from "../support/tiny-gguf.js";

const TOKEN = "hf_aSecretThatMustNotShow";
let hub: FakeHub;
let home: Home;

beforeAll(async () => {
  hub = await startFakeHub({ repos: [], token: TOKEN });
});
afterAll(() => hub.close());
beforeEach(() => {
  home = new Home({ HF_ENDPOINT: hub.endpoint });
  hub.requests.length = 0;
});
afterEach(() => {
  hub.faults.clear();
  home.remove();
});

const tokenFile = () => join(home.path, ".cache", "huggingface", "token");
const login = (token = TOKEN, flags: readonly string[] = [], env = {}) =>
  home.run(["auth", "login", "--token-stdin", ...flags], { stdin: `${token}\n`, env });
function keep(token: string): void {
  mkdirSync(dirname(tokenFile()), { recursive: true });
  writeFileSync(tokenFile(), token);
}

describe("auth login", () => {
  it("keeps the token where only its owner can read it, and later commands use it", async () => {
    const { code, stdout, stderr } = await login();
    expect([code, stdout]).toEqual([0, ""]);
    expect(stderr).toBe(`Signed in as someone.\nThe token is kept in ${tokenFile()}.\n`);
    expect(readFileSync(tokenFile(), "utf8")).toBe(TOKEN);
    expect(statSync(tokenFile()).mode & 0o777).toBe(0o600);
    expect(statSync(dirname(tokenFile())).mode & 0o777).toBe(0o700);
    expect(readdirSync(dirname(tokenFile()))).toEqual(["token"]);
    const status = await home.run(["auth", "status"]);
    const says = `Signed in as someone, with the token of ${tokenFile()}, on ${hub.endpoint}\n`;
    expect(status).toEqual({ code: 0, stdout: says, stderr: "" });
  });

  it("writes to HF_TOKEN_PATH, and replaces a file that others could read, or a link", async () => {
    const file = join(home.path, "deep", "er", "token");
    mkdirSync(dirname(file), { recursive: true });
    writeFileSync(join(home.path, "other"), "not to be written");
    symlinkSync(join(home.path, "other"), file);
    expect((await login(TOKEN, [], { HF_TOKEN_PATH: file })).code).toBe(0);
    expect([readFileSync(file, "utf8"), statSync(file).mode & 0o777]).toEqual([TOKEN, 0o600]);
    expect(readFileSync(join(home.path, "other"), "utf8")).toBe("not to be written");
  });

  it("keeps the token before when the Hub refuses the new one", async () => {
    await login();
    const { code, stdout, stderr } = await login("hf_wrongButSecret");
    expect([code, stdout]).toEqual([4, ""]);
    expect(stderr).toMatch(
      /does not accept the token\n {2}.*standard input.*\nTry: oslm auth login .*settings\/tokens/,
    );
    expect(stderr).not.toContain("hf_wrongButSecret");
    expect(readFileSync(tokenFile(), "utf8")).toBe(TOKEN);
  });

  it("says that a variable wins over the file", async () => {
    const { code, stderr } = await login(TOKEN, [], { HF_TOKEN: "hf_another" });
    expect([code, stderr]).toEqual([0, expect.stringContaining("HF_TOKEN is set in the environment and is used")]);
    expect(readFileSync(tokenFile(), "utf8")).toBe(TOKEN);
  });

  it("offline keeps the token unasked, and says so", async () => {
    const { code, stderr } = await login("hf_anything", ["--offline"]);
    expect([code, stderr]).toEqual([0, expect.stringContaining("not checked")]);
    expect(hub.requests).toEqual([]);
    expect(readFileSync(tokenFile(), "utf8")).toBe("hf_anything");
  });

  it("gives one document with --json", async () => {
    const { code, stdout, stderr } = await login(TOKEN, ["--json"]);
    expect([code, stderr]).toEqual([0, ""]);
    const user = "someone";
    expect(JSON.parse(stdout)).toEqual({ signedIn: true, source: tokenFile(), user, endpoint: hub.endpoint });
  });

  it.each([
    ["nothing", "", /no token came/],
    ["two words", "hf_one two", /holds characters/],
    ["a letter that no token has", "hf_é", /holds characters/],
    ["more than any token has", "x".repeat(100_000), /holds characters/],
  ])("refuses %s", async (_what, token, says) => {
    const { code, stdout, stderr } = await login(token);
    expect([code, stdout, stderr]).toEqual([2, "", expect.stringMatching(says)]);
    expect(existsSync(tokenFile())).toBe(false);
    expect(hub.requests).toEqual([]);
  });

  it("asks nobody where nobody can be asked", async () => {
    const { code, stderr } = await home.run(["auth", "login"]);
    expect([code, stderr]).toEqual([2, expect.stringMatching(/Try: oslm auth login --token-stdin/)]);
  });

  it("leaves nothing where it cannot write", async () => {
    // Root may write anywhere; a folder in the place of the file stops root too.
    mkdirSync(join(tokenFile(), "x"), { recursive: true });
    const { code, stderr } = await login();
    expect([code, stderr]).toEqual([expect.any(Number), expect.not.stringContaining(TOKEN)]);
    expect(code).not.toBe(0);
    expect(readdirSync(dirname(tokenFile()))).toEqual(["token"]);
  });
});

describe("auth status", () => {
  it("ends with 4 when there is no token", async () => {
    const { code, stdout, stderr } = await home.run(["auth", "status"]);
    expect([code, stdout]).toEqual([4, ""]);
    expect(stderr).toMatch(/not signed in.*\n {2}Neither HF_TOKEN nor .*\nTry: oslm auth login\n/);
    const json = await home.run(["auth", "status", "--json"]);
    expect(json.code).toBe(4);
    expect(JSON.parse(json.stdout)).toEqual({ signedIn: false, source: null, user: null, endpoint: hub.endpoint });
    expect(hub.requests).toEqual([]);
  });

  it("ends with 4 when the Hub refuses the token", async () => {
    const env = { HF_TOKEN: "hf_expired" };
    const { code, stderr } = await home.run(["auth", "status"], { env });
    expect([code, stderr]).toEqual([4, expect.stringMatching(/token from HF_TOKEN is wrong.*\nTry: set HF_TOKEN/)]);
    const json = await home.run(["auth", "status", "--json"], { env });
    expect([json.code, JSON.parse(json.stdout)]).toMatchObject([4, { signedIn: false, source: "HF_TOKEN" }]);
  });

  it("says which token is used", async () => {
    keep("hf_notThisOne");
    const env = { HF_TOKEN: TOKEN };
    const { code, stdout } = await home.run(["auth", "status", "--json"], { env });
    const facts = { signedIn: true, source: "HF_TOKEN", user: "someone", endpoint: hub.endpoint };
    expect([code, JSON.parse(stdout)]).toEqual([0, facts]);
    expect((await home.run(["auth", "status", "-q"], { env })).stdout).toBe("someone\n");
  });

  it("asks nobody when offline", async () => {
    keep(TOKEN);
    const { code, stdout } = await home.run(["auth", "status", "--json", "--offline"]);
    expect([code, JSON.parse(stdout)]).toMatchObject([0, { signedIn: true, user: null }]);
    expect(hub.requests).toEqual([]);
  });

  it("prints no name that is none, and repeats no token that comes back", async () => {
    keep(TOKEN);
    for (const name of ["a\u001b[31mb", "", 7, TOKEN.repeat(9)]) {
      hub.faults.set("*", {
        status: 200,
        body: JSON.stringify({ name }),
        headers: { "content-type": "application/json" },
      });
      const { code, stdout, stderr } = await home.run(["auth", "status"]);
      expect([code, stdout]).toEqual([8, ""]);
      expect(stderr).toContain("Does not say whose token it is");
      expect(stderr).not.toContain(TOKEN);
    }
  });
});

describe("auth logout", () => {
  it("removes the file, once", async () => {
    keep(TOKEN);
    const first = await home.run(["auth", "logout"]);
    expect([first.code, first.stdout, first.stderr]).toEqual([
      0,
      "",
      expect.stringContaining(`Removed ${tokenFile()}`),
    ]);
    expect(existsSync(tokenFile())).toBe(false);
    const again = await home.run(["auth", "logout", "--json"]);
    expect([again.code, JSON.parse(again.stdout)]).toEqual([0, { removed: false, file: tokenFile() }]);
    expect(hub.requests).toEqual([]);
  });

  it("says that a variable still holds a token", async () => {
    const { code, stderr } = await home.run(["auth", "logout"], { env: { HF_TOKEN: TOKEN } });
    expect([code, stderr]).toEqual([0, expect.stringContaining("HF_TOKEN is set in the environment and still holds")]);
  });
});

describe("a gated repository", () => {
  const repo = (access?: FakeRepo["access"]): FakeRepo => ({
    id: "org/gated",
    files: { "m-Q8_0.gguf": tinyGguf() },
    card: { license: "mit" },
    gated: "manual",
    ...(access && { access }),
  });

  it.each<readonly [string, Record<string, string>, FakeRepo["access"], RegExp, (endpoint: string) => string]>([
    [
      "no token",
      {},
      undefined,
      /no token was sent/,
      (e) => `open ${e}/org/gated, accept its terms, then run   oslm auth login`,
    ],
    [
      "an account not on the list",
      { HF_TOKEN: TOKEN },
      "none",
      /not on the list/,
      (e) => `open ${e}/org/gated with that account`,
    ],
    ["a request under review", { HF_TOKEN: TOKEN }, "pending", /awaits a review/, (e) => `open ${e}/org/gated to see`],
    [
      "a token without the permission",
      { HF_TOKEN: TOKEN },
      "token-scope",
      /fine-grained/,
      (e) => `open ${e}/settings/tokens`,
    ],
  ])("%s: says what is missing and which page to open", async (_who, env, access, fact, hint) => {
    await hub.push(repo(access));
    const { code, stdout, stderr } = await home.run(["pull", "org/gated"], { env });
    expect([code, stdout]).toEqual([4, ""]);
    expect(stderr).toContain("oslm: org/gated needs you to accept its terms on the Hub");
    expect(stderr).toMatch(fact);
    expect(stderr).toContain(`Try: ${hint(hub.endpoint)}`);
    expect(home.filesButEvidence().filter((file) => file.includes("models--"))).toEqual([]);
  });

  it("comes to those who were given access, by the kept token", async () => {
    await hub.push(repo("granted"));
    await login();
    expect(await home.run(["pull", "org/gated"])).toMatchObject({ code: 0 });
    expect(hub.requests.filter(({ host, headers }) => host === "cdn" && headers.authorization)).toEqual([]);
  });
});

it("a token that cannot be sent is not repeated, hinders nothing that needs none, and can be replaced", async () => {
  keep("hf_two words");
  const { code, stderr } = await home.run(["pull", "org/none"]);
  expect([code, stderr]).toEqual([2, expect.stringMatching(/holds characters.*\n.*\nTry: oslm auth login\n/)]);
  expect(stderr).not.toContain("hf_two");
  expect(await home.run(["list"])).toMatchObject({ code: 0 });
  expect(await login()).toMatchObject({ code: 0 });
  expect(readFileSync(tokenFile(), "utf8")).toBe(TOKEN);
});

it("never shows the token, whatever is asked for", async () => {
  const shown: string[] = [];
  const note = async (args: readonly string[], env: Record<string, string> = {}) => {
    const { stdout, stderr } = await home.run(args, { env });
    shown.push(stdout, stderr);
  };
  shown.push(...Object.values(await login(TOKEN, ["--verbose"])).map(String));
  await note(["auth", "status", "--verbose"]);
  await note(["pull", "org/none", "--verbose"]);
  hub.faults.set("*", { status: 403, headers: { "x-error-message": `you sent ${TOKEN}` }, body: TOKEN });
  await note(["pull", "org/gated", "--verbose", "--json"]);
  await note(["auth", "status", "--verbose"]);
  expect(shown.join("")).toContain("someone");
  expect(shown.join("")).not.toContain(TOKEN);
});
