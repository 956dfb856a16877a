import { describe, expect, test } from "vitest";
import { type Env, type Paths, resolvePaths } from "../../src/config/paths.js";

const linux = (env: Env) => resolvePaths(env, "/home/me", "linux");
const windows = (env: Env) => resolvePaths(env, "C:\\Users\\me", "win32");

const defaults: Paths = {
  hubCache: "/home/me/.cache/huggingface/hub",
  tokenFile: "/home/me/.cache/huggingface/token",
  state: "/home/me/.local/state/oslm",
  config: "/home/me/.config/oslm",
  data: "/home/me/.local/share/oslm",
  cache: "/home/me/.cache/oslm",
};

const hfIn = (home: string) => ({ hubCache: `${home}/hub`, tokenFile: `${home}/token` });

describe("on Linux", () => {
  test.each<[Env, Partial<Paths>]>([
    [{}, {}],
    [{ HF_HOME: "", XDG_CACHE_HOME: "", OSLM_HOME: "", HF_HUB_CACHE: "", HF_TOKEN_PATH: "" }, {}],
    [{ HF_HOME: "/data/hf" }, hfIn("/data/hf")],
    [{ HF_HOME: "~/hf" }, hfIn("/home/me/hf")],
    [{ HF_HOME: "~" }, hfIn("/home/me")],
    [{ HF_HOME: "~other/hf" }, hfIn("~other/hf")],
    [{ HF_HOME: "~\\hf" }, hfIn("~\\hf")],
    [{ HF_HOME: "$DATA/hf", DATA: "/data" }, hfIn("/data/hf")],
    // biome-ignore lint/suspicious/noTemplateCurlyInString: what people write in a shell's profile
    [{ HF_HOME: "${DATA}x/hf", DATA: "/data" }, hfIn("/datax/hf")],
    [{ HF_HOME: "/x/$UNKNOWN/hf" }, hfIn("/x/$UNKNOWN/hf")],
    [{ HF_HOME: "/x/$toString/$constructor" }, hfIn("/x/$toString/$constructor")],
    [{ HF_HOME: "/x/%DATA%", DATA: "/data" }, hfIn("/x/%DATA%")],
    [{ HF_HOME: "relative/hf" }, hfIn("relative/hf")],
    [{ HF_HUB_CACHE: "~/models" }, { hubCache: "/home/me/models" }],
    [{ HUGGINGFACE_HUB_CACHE: "/old" }, { hubCache: "/old" }],
    [
      { HF_HUB_CACHE: "/new", HUGGINGFACE_HUB_CACHE: "/old", HF_HOME: "/hf" },
      { hubCache: "/new", tokenFile: "/hf/token" },
    ],
    [{ HF_TOKEN_PATH: "$HOME/t", HOME: "/home/me" }, { tokenFile: "/home/me/t" }],
    [{ XDG_CACHE_HOME: "/c" }, { ...hfIn("/c/huggingface"), cache: "/c/oslm" }],
    [{ XDG_CACHE_HOME: "c" }, hfIn("c/huggingface")],
    [
      { XDG_STATE_HOME: "/s", XDG_CONFIG_HOME: "/k" },
      { state: "/s/oslm", config: "/k/oslm" },
    ],
    [{ XDG_STATE_HOME: "s", XDG_CONFIG_HOME: "./k" }, {}],
    [{ OSLM_HOME: "/o" }, { state: "/o/state", data: "/o/data", config: "/o/config", cache: "/o/cache" }],
    [
      { OSLM_HOME: "~/o", XDG_STATE_HOME: "/s" },
      { state: "/home/me/o/state", data: "/home/me/o/data", config: "/home/me/o/config", cache: "/home/me/o/cache" },
    ],
  ])("%j", (env, expected) => expect(linux(env)).toEqual({ ...defaults, ...expected }));

  test("macOS has the same folders", () => expect(resolvePaths({}, "/home/me", "darwin")).toEqual(defaults));
});

describe("on Windows", () => {
  const inFolder = (root: string) => ({
    state: `${root}\\state`,
    data: `${root}\\data`,
    config: `${root}\\config`,
    cache: `${root}\\cache`,
  });
  const hub = (home: string) => ({ hubCache: `${home}\\hub`, tokenFile: `${home}\\token` });
  const usual = { ...hub("C:\\Users\\me\\.cache\\huggingface"), ...inFolder("C:\\Users\\me\\AppData\\Local\\oslm") };

  test.each<[Env, Partial<Paths>]>([
    [{}, {}],
    [{ LOCALAPPDATA: "D:\\Local" }, inFolder("D:\\Local\\oslm")],
    [{ HF_HOME: "~\\hf" }, hub("C:\\Users\\me\\hf")],
    [{ HF_HOME: "~/hf" }, hub("C:\\Users\\me\\hf")],
    [{ HF_HOME: "$DATA\\hf", DATA: "D:" }, hub("D:\\hf")],
    [{ HF_HOME: "%DATA%\\hf", DATA: "D:" }, hub("D:\\hf")],
    [{ HF_HOME: "D:\\%UNKNOWN%\\hf" }, hub("D:\\%UNKNOWN%\\hf")],
    [{ OSLM_HOME: "D:\\o" }, inFolder("D:\\o")],
    [{ XDG_STATE_HOME: "D:\\s" }, {}],
  ])("%j", (env, expected) => expect(windows(env)).toEqual({ ...usual, ...expected }));
});
