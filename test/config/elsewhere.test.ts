// Where other programs' models are looked for.
import { expect, test } from "vitest";
import { resolveElsewhere } from "../../src/config/elsewhere.js";

test("the defaults of each system", () => {
  const linux = resolveElsewhere({}, "/home/me", "linux");
  expect(linux.ollama).toEqual(["/home/me/.ollama/models", "/usr/share/ollama/.ollama/models"]);
  expect(linux.lmStudio.homes).toEqual(["/home/me/.lmstudio", "/home/me/.cache/lm-studio"]);
  expect(linux.llamaCpp).toEqual(["/home/me/.cache/llama.cpp"]);
  expect(resolveElsewhere({}, "/Users/me", "darwin").llamaCpp).toEqual(["/Users/me/Library/Caches/llama.cpp"]);
  const windows = resolveElsewhere({ LOCALAPPDATA: "C:\\Local" }, "C:\\Users\\me", "win32");
  expect(windows.llamaCpp).toEqual(["C:\\Local\\llama.cpp"]);
  expect(windows.ollama).toEqual(["C:\\Users\\me\\.ollama\\models"]);
});

test("the environment comes first, empty variables count as unset, and no folder twice", () => {
  const env = { OLLAMA_MODELS: "/big/ollama", LLAMA_CACHE: "/home/me/.cache/llama.cpp", XDG_CACHE_HOME: "" };
  const found = resolveElsewhere(env, "/home/me", "linux");
  expect(found.ollama[0]).toBe("/big/ollama");
  expect(found.llamaCpp).toEqual(["/home/me/.cache/llama.cpp"]);
  expect(resolveElsewhere({ XDG_CACHE_HOME: "/x" }, "/home/me", "linux").llamaCpp).toEqual(["/x/llama.cpp"]);
});
