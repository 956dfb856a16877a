// The measured memory bandwidth of this machine, kept so that it is measured once.
import { parseObject } from "../model/parse-object.js";
import { SmallFile } from "./small-file.js";

export interface MeasuredBandwidth {
  /** As the system names the processor: the state folder may travel to another machine. */
  readonly cpu: string;
  readonly cores: number;
  readonly bytesPerSecond: number;
  /** False when other programs took a part of the processor meanwhile: memory may be faster than that, and is measured again. */
  readonly undisturbed: boolean;
  /** ISO 8601, UTC. */
  readonly measuredAt: string;
}

const MAX_BYTES = 4096;
/** No memory of a machine that runs models is slower or faster. */
const [LEAST, MOST] = [1e8, 1e14];

/** Only a convenience: nothing that goes wrong with it matters. */
export class BandwidthFile {
  readonly #file: SmallFile;

  constructor(path: string) {
    this.#file = new SmallFile(path, MAX_BYTES);
  }

  /** What was measured on this processor with so many cores; undefined when nothing was, or the file makes no sense. */
  async read(cpu: string, cores: number): Promise<Omit<MeasuredBandwidth, "cpu" | "cores"> | undefined> {
    const kept = parseObject(await this.#file.read().catch(() => ""));
    const { bytesPerSecond, measuredAt } = kept ?? {};
    if (kept?.cpu !== cpu || kept.cores !== cores || typeof bytesPerSecond !== "number") return undefined;
    if (!(bytesPerSecond >= LEAST && bytesPerSecond <= MOST)) return undefined;
    if (typeof measuredAt !== "string" || Number.isNaN(Date.parse(measuredAt))) return undefined;
    return { bytesPerSecond, undisturbed: kept.undisturbed === true, measuredAt };
  }

  async write(measured: MeasuredBandwidth): Promise<void> {
    await this.#file.replace(`${JSON.stringify(measured)}\n`).catch(() => {});
  }
}
