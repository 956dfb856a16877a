// What is not there to be read, and what stands in its place.
import { stat } from "node:fs/promises";
import { OslmError } from "../errors.js";

export interface NoFileWords {
  /** The path as it was written. */
  readonly shown?: string | undefined;
  readonly wanted?: "folder";
  /** What helps. */
  readonly instead?: string | undefined;
}

/** The error for a path that leads to nothing that can be read as a file, or as the folder that is wanted. */
export async function noFile(
  path: string,
  { shown = path, wanted, instead }: NoFileWords = {},
): Promise<OslmError<"file-not-found">> {
  const info = await stat(path).catch(() => undefined);
  const is = info?.isDirectory() ? "folder" : info?.isFile() ? "file" : info === undefined ? undefined : "neither";
  return new OslmError("file-not-found", {
    path: shown,
    ...(is && { is }),
    ...(wanted && { wanted }),
    ...(instead !== undefined && { instead }),
  });
}
