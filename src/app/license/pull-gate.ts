// The license gate of one pull. What comes to light on the way, in the header of the file, is judged as the rest was.
import type { GeneralKeys } from "../../gguf/geometry.js";
import type { ModelEvidence } from "../../license/evidence.js";
import type { LicensePolicy } from "../../license/policy.js";
import type { LicenseVerdict } from "../../model/types.js";
import type { World } from "../world.js";
import { acceptancesOf } from "./acceptances.js";
import { withHeader } from "./header-evidence.js";
import { judgeEvidence } from "./judge-repo.js";
import { type Gate, passLicenseGate } from "./license-gate.js";

export interface LicenseEvent {
  readonly type: "license";
  readonly verdict: LicenseVerdict;
}

export interface Passed {
  readonly evidence: ModelEvidence;
  readonly verdict: LicenseVerdict;
}

export class PullGate {
  constructor(
    private readonly world: World,
    private readonly asked: Pick<Gate, "ref" | "offers" | "consent">,
    private readonly policy: LicensePolicy,
  ) {}

  /** @throws OslmError what passLicenseGate throws */
  async pass(evidence: ModelEvidence): Promise<Passed> {
    const { subject, url, judge } = judgeEvidence(evidence, this.world, this.policy);
    const acceptances = acceptancesOf(this.world, subject);
    return { evidence, verdict: await passLicenseGate({ ...this.asked, url, acceptances, judge }) };
  }

  /** The same with the header of a file, when that adds something; tells of a verdict that it changes. */
  async *passHeader(before: Passed, file: string, general: GeneralKeys): AsyncGenerator<LicenseEvent, Passed> {
    const evidence = await withHeader(this.world, before.evidence, file, general);
    if (evidence === before.evidence) return before;
    const passed = await this.pass(evidence);
    const { id, reasons } = passed.verdict;
    if (id !== before.verdict.id || reasons.join() !== before.verdict.reasons.join()) {
      yield { type: "license", verdict: passed.verdict };
    }
    return passed;
  }
}
