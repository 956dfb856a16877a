// What can be asked of a pull.
import type { RemoteRef } from "../app/pull/resolve.js";
import { OslmError } from "../errors.js";
import { formatRef } from "../model/ref.js";
import type { ChoiceOptions } from "./flags.js";

export interface PullOptions extends ChoiceOptions {
  readonly force?: boolean;
  readonly keep?: boolean;
  /** False with --no-projector. */
  readonly projector?: boolean;
  readonly acceptLicense?: readonly string[];
}

/** The reference with the quantization that --quant names. @throws OslmError usage when it names another */
export function withQuant<Ref extends RemoteRef>(ref: Ref, { quant }: ChoiceOptions): Ref {
  if (quant === undefined || ref.quant === quant) return ref;
  if (ref.quant === undefined) return { ...ref, quant };
  throw new OslmError("usage", {
    problem: `${formatRef(ref)} names a quantization, and --quant ${quant} another`,
    detail: "Only one can be meant.",
    help: `oslm pull ${formatRef({ ...ref, quant })}`,
  });
}
