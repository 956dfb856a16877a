// A home with a project in it, and a Hub with models under different licenses.
import { mkdirSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { type FakeHub, startFakeHub } from "./fake-hub.js";
import { Home, type Result } from "./oslm.js";
import { tinyGguf } from "./tiny-gguf.js";

export interface PolicyRoom {
  readonly hub: FakeHub;
  readonly home: Home;
  /** The root of a repository, and the working directory of `oslm`. */
  readonly project: string;
  /** Writes a file, the project's oslm.yaml if no other is named, and gives its path. */
  put(text: string, path?: string): string;
  oslm(args: readonly string[], options?: { env?: Record<string, string>; cwd?: string }): Promise<Result>;
  /** The Hub's log of requests for weights. */
  weights(): readonly unknown[];
  close(): Promise<void>;
}

/** `org/free` (mit, with its text), `org/bare` (mit), `org/llama`, `org/nc` and `org/silent`. */
export async function openPolicyRoom(): Promise<PolicyRoom> {
  const files = { "m-Q4_K_M.gguf": tinyGguf() };
  const hub = await startFakeHub({
    repos: [
      { id: "org/free", files: { ...files, LICENSE: Buffer.from("MIT License") }, card: { license: "mit" } },
      { id: "org/bare", files, card: { license: "mit" } },
      { id: "org/llama", files, card: { license: "llama3.1" } },
      { id: "org/nc", files, card: { license: "cc-by-nc-4.0" } },
      { id: "org/silent", files },
    ],
  });
  const home = new Home({ HF_ENDPOINT: hub.endpoint });
  const project = join(home.path, "work", "app");
  mkdirSync(join(project, ".git"), { recursive: true });
  return {
    hub,
    home,
    project,
    put: (text, path = join(project, "oslm.yaml")) => {
      mkdirSync(dirname(path), { recursive: true });
      writeFileSync(path, text);
      return path;
    },
    oslm: (args, { env = {}, cwd = project } = {}) => home.run(args, { cwd, env }),
    weights: () => hub.requests.filter(({ path, host }) => path.endsWith(".gguf") || host === "cdn"),
    close: async () => {
      await hub.close();
      home.remove();
    },
  };
}
