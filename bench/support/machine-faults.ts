// What happens on this machine: signals, full disks, a second process.
import { execFile } from "node:child_process";
import { mkdirSync } from "node:fs";
import { join } from "node:path";
import { BIN } from "../../test/support/oslm.js";
import { type FaultCase, MIDDLE } from "./fault-case.js";
import { type FaultRoom, REPO } from "./fault-room.js";

export const MACHINE_FAULTS: readonly FaultCase[] = [
  onDisk("disk too small", "30m", ""),
  onDisk(
    "disk full in the middle",
    "60m",
    "until ls $HOME/.cache/huggingface/hub/*/blobs/*.incomplete; do sleep 0.1; done; head -c 35000000 /dev/zero > $HOME/filler",
  ),
  signalled("SIGINT", 130),
  signalled("SIGTERM", 143),
  signalled("SIGKILL", null),
  {
    name: "two processes at once",
    expected: [0, 0],
    async run(room) {
      room.slowDown();
      const both = await Promise.all([room.pull(), room.pull()]);
      return both.map(({ code }) => code);
    },
  },
];

/** A signal in the middle of a pull, then another pull. */
function signalled(signal: NodeJS.Signals, code: number | null): FaultCase {
  const run = async (room: FaultRoom) => {
    room.slowDown();
    const first = await room.pull((child) => void room.untilSent(MIDDLE).then(() => child.kill(signal)));
    return [first.code, (await room.pull()).code];
  };
  return { name: `${signal} in the middle, then again`, expected: [code, 0], run };
}

/** A pull into a disk of this size, of a user namespace's own; `besides` runs in the background. */
function onDisk(name: string, size: string, besides: string): FaultCase {
  const run = (room: FaultRoom) => {
    room.slowDown();
    const kept = join(room.folder, "kept");
    mkdirSync(kept);
    const script = `mount -t tmpfs -o size=${size} tmpfs "$HOME" || exit 99
      (${besides || ":"}) >/dev/null 2>&1 &
      "${process.execPath}" "${BIN}" pull ${REPO} --quiet; code=$?
      rm -f "$HOME/filler"; cp -a "$HOME/." "${kept}"; exit $code`;
    const env = { PATH: process.env.PATH, ...room.fullEnv };
    return new Promise<readonly number[] | undefined>((resolve) => {
      const child = execFile("unshare", ["-r", "-m", "sh", "-c", script], { env });
      child.on("error", () => resolve(undefined));
      child.on("close", (code) => {
        room.home = kept;
        resolve(code === null || code === 99 || code === 1 ? undefined : [code]);
      });
    });
  };
  return { name, expected: [6], run };
}
