// A command about images as it can be pasted, for advice where one did not work.
import { quoted } from "../../model/quoted.js";
import type { ReadImage } from "./read-images.js";

interface Shown {
  readonly images: readonly Pick<ReadImage, "file">[];
  /** The file of --mmproj. */
  readonly mmproj?: string | undefined;
}

/** Without the prompt, as all such advice. */
export function imageCommand(verb: "run" | "chat", ref: string, { images, mmproj }: Shown): string {
  const own = mmproj === undefined ? [] : [`--mmproj ${quoted(mmproj)}`];
  return [`oslm ${verb}`, quoted(ref), ...images.map(({ file }) => `--image ${quoted(file)}`), ...own].join(" ");
}
