// The flags of a run about images, and which others have no place beside them.
import type { Command } from "commander";
import { OslmError } from "../errors.js";
import { collect } from "./flags.js";
import type { PromptOptions } from "./prompt-flags.js";
import type { RunOptions } from "./run-flags.js";

export interface ImageOptions {
  readonly image?: readonly string[];
  readonly mmproj?: string;
}

export function addImageFlags(command: Command): Command {
  return command
    .option("--image <path>", "ask about an image (PNG, JPEG, GIF, BMP); may be repeated; see docs/images.md", collect)
    .option("--mmproj <path>", "with --image: this projector in place of the model's own");
}

type Others = RunOptions & PromptOptions & ImageOptions;

/** What the part that reads images cannot honour is refused. @throws OslmError usage */
export function checkImageFlags(options: Others): void {
  const { image, mmproj, lora, draft, lookup, grammar, nProbs, truncate, receipt } = options;
  if (image === undefined) {
    if (mmproj !== undefined) throw refused("--mmproj is for images", "add --image FILE, or leave --mmproj out");
    return;
  }
  const beside = {
    "--lora": lora,
    "--draft": draft,
    "--lookup": lookup,
    "--grammar": grammar,
    "--n-probs": nProbs,
    "--truncate": truncate,
    "--receipt": receipt,
  };
  const [flag] = Object.entries(beside).find(([, value]) => value !== undefined && value !== false) ?? [];
  if (flag !== undefined) throw refused(`${flag} has no place beside --image`, `leave ${flag} out`);
}

function refused(problem: string, help: string): OslmError<"usage"> {
  return new OslmError("usage", { problem, help });
}
