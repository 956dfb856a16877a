// The way back of a folder that was moved out of the cache and linked.
import { quoted } from "../model/quoted.js";
import type { LinkedFolder } from "./linked-folders.js";

/** The command that puts the folder where its link is, if it is there; of the link itself `rm` takes nothing but the name. */
export function bringBack({ path, target }: LinkedFolder): string {
  return `test -d ${quoted(target)} && rm ${quoted(path)} && mv ${quoted(target)} ${quoted(path)}`;
}
