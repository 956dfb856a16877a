// What the body of a reply is poured into.

/** Memory that takes bytes as they come; what was filled goes to the disk meanwhile. */
export interface Vessel {
  /** Where the next bytes go; undefined while nothing is free. */
  room(): Uint8Array | undefined;
  /** So many bytes lie in the room that was given last. Throws what is wrong with them. */
  filled(length: number): void;
  /** Resolves once there may be room again; rejects when there never will be. */
  freed(): Promise<void>;
}

/** Copies bytes that have come already, as far as there is room; how many. */
export function pourInto(vessel: Vessel, bytes: Uint8Array): number {
  let poured = 0;
  while (poured < bytes.length) {
    const room = vessel.room();
    if (room === undefined) break;
    const part = bytes.subarray(poured, poured + room.length);
    room.set(part);
    poured += part.length;
    vessel.filled(part.length);
  }
  return poured;
}
