// The order of test files: those that wait longest begin first, so that no core is left idle at the end.
import { relative, sep } from "node:path";
import { BaseSequencer, type TestSpecification } from "vitest/node";

/** Rooms of tests that start the program, where a chat takes seconds, and of those that quantize or convert many models. */
const SLOW = ["pty", "docs", "bin", "quantize", "families", "convert", "app", "download"];

/** Vitest's own order goes by the last run, or by size where there was none, as on a fresh machine. */
export class SlowestFirst extends BaseSequencer {
  override async sort(files: TestSpecification[]): Promise<TestSpecification[]> {
    const sorted = await super.sort(files);
    const rank = ({ moduleId }: TestSpecification): number => {
      const [, room = ""] = relative(this.ctx.config.root, moduleId).split(sep);
      return SLOW.includes(room) ? SLOW.indexOf(room) : SLOW.length;
    };
    return sorted.sort((one, other) => rank(one) - rank(other));
  }
}
