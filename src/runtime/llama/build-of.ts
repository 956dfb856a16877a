// Which engine computes.
import type { Llama } from "node-llama-cpp";
import type { EngineBuild } from "../engine.js";

export function buildOf(llama: Llama): EngineBuild {
  return { engine: "llama.cpp", release: llama.llamaCppRelease.release, backend: llama.gpu || "cpu" };
}
