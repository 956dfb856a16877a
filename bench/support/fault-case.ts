// One thing that can go wrong with a pull, and with which codes its runs have to end.
import type { Fault } from "../../test/support/fake-hub.js";
import type { FaultRoom } from "./fault-room.js";

export interface FaultCase {
  readonly name: string;
  /** The exit codes, one for each run. */
  readonly expected: readonly (number | null)[];
  /** Causes the fault and pulls; gives the exit codes, or undefined where the fault cannot be had. */
  run(room: FaultRoom): Promise<readonly (number | null)[] | undefined>;
}

/** Of random bytes; the header comes on top. */
export const MODEL_BYTES = 40_000_000;
/** Bytes sent when something happens in the middle. */
export const MIDDLE = 15_000_000;

/** Replies of the storage host, in order, once the header is there. */
export function replies(name: string, expected: number, ...faults: readonly Fault[]): FaultCase {
  const run = async (room: FaultRoom) => {
    room.spoil(...faults);
    return [(await room.pull()).code];
  };
  return { name, expected: [expected], run };
}

/** Something that happens in the middle of a pull. */
export function meanwhile(name: string, expected: number, happen: (room: FaultRoom) => unknown): FaultCase {
  const run = async (room: FaultRoom) => {
    room.slowDown();
    const pulled = room.pull();
    await room.untilSent(MIDDLE);
    await happen(room);
    return [(await pulled).code];
  };
  return { name, expected: [expected], run };
}
