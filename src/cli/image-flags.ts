// The flags of a run about images, and which others have no place beside them.
import type { Command } from "commander";
import type { ReadImage } from "../app/run/read-images.js";
import { OslmError } from "../errors.js";
import type { ModelRef } from "../model/ref.js";
import type { Context } from "./context.js";
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
    .option("--mmproj <path>", "for images: this projector in place of the model's own");
}

type Others = RunOptions & PromptOptions & ImageOptions;

/** What the part that reads images cannot honour. */
const BESIDE = {
  lora: "--lora",
  draft: "--draft",
  lookup: "--lookup",
  grammar: "--grammar",
  nProbs: "--n-probs",
  truncate: "--truncate",
} as const;
export const REFUSED_BESIDE: readonly string[] = Object.values(BESIDE);

/** Of one prompt. @throws OslmError usage */
export function checkImageFlags(options: Others): void {
  const { image, mmproj } = options;
  if (image !== undefined) refuseBeside(options);
  else if (mmproj !== undefined) throw refused("--mmproj is for images", "add --image FILE, or leave --mmproj out");
}

/** Where there are images, or may be. @throws OslmError usage */
export function refuseBeside(options: Others): void {
  const flags = Object.keys(BESIDE) as (keyof typeof BESIDE)[];
  const flag = flags.find((name) => options[name] !== undefined && options[name] !== false);
  if (flag !== undefined) throw refused(`${BESIDE[flag]} has no place beside images`, `leave ${BESIDE[flag]} out`);
}

/** Before anything is pulled: a model that runs, images that can be read, and last the part that reads them, which may have to be installed. */
export async function checkedImages(
  { world }: Context,
  ref: ModelRef,
  files: readonly string[],
): Promise<readonly ReadImage[]> {
  const { refuseUnported } = await import("../app/pull/refuse-unported.js");
  refuseUnported(ref);
  const { readImages } = await import("../app/run/read-images.js");
  const images = await readImages(world, files);
  (await world.images()).check();
  return images;
}

function refused(problem: string, help: string): OslmError<"usage"> {
  return new OslmError("usage", { problem, detail: "The command line was not understood.", help });
}
