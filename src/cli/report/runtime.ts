// The engine, and what it cannot do with a model.
import type { RuntimeFacts } from "../../errors/runtime.js";
import type { Entries } from "./entry.js";

export const runtimeReports: Entries<RuntimeFacts> = {
  "no-backend": (f) => [
    9,
    `no llama.cpp library runs on this machine (${f.platform})`,
    f.reason,
    "install oslm again with its optional packages: npm ci --include=optional   (prebuilt: Linux with glibc 2.34+, macOS, Windows; not Alpine)",
  ],
  "no-gpu": (f) => [
    9,
    `no GPU library of llama.cpp runs on this machine (${f.platform})`,
    "The GPU was found, but CUDA, Metal or Vulkan could not be started for it.",
    "check the driver, or add --vram 0 to run on the CPU",
  ],
  "load-failed": (f) => [
    9,
    `${f.file} could not be loaded`,
    f.reason,
    "oslm verify   (are the stored files whole?), or try another quantization",
  ],
  "generation-failed": (f) => [9, "the engine failed while generating", f.reason, "run again with a smaller --ctx"],
  "no-numbers": (f) => [
    9,
    `${f.file} computes no numbers`,
    "What comes out of it is NaN: some of its weights are broken, or were so before the file was made.",
    "oslm verify   (is the stored file whole?), or try another quantization",
  ],
  "cannot-do": (f) => [9, f.what, f.reason, f.instead],
  "wrong-adapter": (f) => [
    2,
    `${f.file} is no adapter for ${f.model}`,
    f.reason,
    "the base model that the adapter's card names, or leave --lora out",
  ],
  "wrong-draft": (f) => [
    2,
    `${f.draft} cannot guess for this model`,
    f.reason,
    "a smaller size of the same family as --draft, or --lookup, which needs none",
  ],
};
