// How oslm opens files of its own in folders where others could have put something in their place.
import { constants } from "node:fs";

/** Flags for open: no link is followed, and a pipe in the file's place does not wait for its other end. Windows knows neither. */
export const CAREFUL = (constants.O_NOFOLLOW ?? 0) | (constants.O_NONBLOCK ?? 0);
