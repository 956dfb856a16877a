// Work on what only one oslm at a time may touch: whoever comes second says so, and waits.
import { holderOf, type Release, tryLock, waitForLock } from "../store/lock.js";

export interface WaitingEvent {
  readonly type: "waiting";
  /** What is waited for, as people know it. */
  readonly repo: string;
  /** The process that has it; undefined when it runs elsewhere, or is not known. */
  readonly holder: number | undefined;
}

/** Takes the lock at `path`, for as long as it takes. @throws the signal's reason when aborted */
export async function* holdLock(
  path: string,
  repo: string,
  signal: AbortSignal,
): AsyncGenerator<WaitingEvent, Release> {
  const release = await tryLock(path);
  if (release !== undefined) return release;
  yield { type: "waiting", repo, holder: holderOf(path) };
  return waitForLock(path, signal);
}
