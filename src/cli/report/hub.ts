// What the Hub has, and what it says that cannot be used.
import type { HubFacts } from "../../errors/hub.js";
import { capitalized } from "../../model/capitalized.js";
import { nearestQuant } from "../../model/nearest.js";
import { formatBytes } from "../../ui/format.js";
import type { Entries } from "./entry.js";
import { list, NO_FILE } from "./words.js";

export const hubReports: Entries<HubFacts> = {
  "repo-not-found": (f) => [
    3,
    `${f.repo} was not found on ${f.endpoint}`,
    f.signedIn
      ? "It does not exist, or this account may not see it."
      : "It does not exist, or it is private and no token was sent.",
    f.signedIn
      ? "check the spelling, or the token's account"
      : "check the spelling; for a private one run   oslm auth login",
  ],
  "revision-not-found": (f) => [
    3,
    `${f.repo} has no revision "${f.revision}"`,
    "There is no branch, tag or commit of that name.",
    `oslm pull ${f.repo}@main`,
  ],
  "file-not-in-repo": (f) => [
    3,
    `${f.repo} has no file "${f.path}"`,
    f.files === undefined
      ? NO_FILE
      : f.files.length > 0
        ? `Its GGUF files: ${list(f.files)}.`
        : "It has no GGUF files.",
    f.files?.[0] === undefined ? `check https://huggingface.co/${f.repo}` : `oslm pull ${f.repo}/${f.files[0]}`,
  ],
  "quant-not-found": (f) => [
    3,
    `${f.repo} has no quantization ${f.quant}`,
    `It offers ${list(f.available)}.`,
    quantHint(f),
  ],
  "no-gguf": (f) => [
    3,
    `${f.repo} has no GGUF file`,
    f.isAdapter
      ? "It holds a LoRA adapter, which oslm convert takes from a folder."
      : f.formats.length > 0
        ? `It holds ${list(f.formats)}; nothing of that can be converted: it takes config.json with model.safetensors or pytorch_model.bin.`
        : "It holds no model weights.",
    f.isAdapter
      ? `hf download ${f.repo} --local-dir adapter   (then: oslm convert ./adapter)`
      : "look for a GGUF repository of the same model, often named like it with -GGUF",
  ],
  "unsafe-name": (f) => [
    8,
    `the repository lists a file with an unsafe name: ${JSON.stringify(f.name)}`,
    f.reason,
    "do not use this file; tell the owner of the repository",
  ],
  "malformed-reply": (f) => [
    8,
    `${f.url} gave an answer that makes no sense`,
    `${capitalized(f.reason)}.`,
    "check HF_ENDPOINT and any proxy in between",
  ],
  "card-too-large": (f) => [
    8,
    `the model card of ${f.repo} is larger than ${formatBytes(f.limit)}`,
    "oslm reads no longer ones.",
    `read it at ${f.url}`,
  ],
};

function quantHint({ repo, quant, available, verb = "pull" }: HubFacts["quant-not-found"]): string {
  const nearest = nearestQuant(quant, available);
  return nearest === undefined ? "oslm search   (finds other repositories)" : `oslm ${verb} ${repo}:${nearest}`;
}
