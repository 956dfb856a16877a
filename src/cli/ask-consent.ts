// What a license asks for, shown and asked on the terminal.

import { machineFlags } from "../app/fit/machine-flags.js";
import type { Consent } from "../app/license/license-gate.js";
import { OslmError } from "../errors.js";
import { quoted } from "../model/quoted.js";
import { type LicenseClass, type LicenseVerdict, NO_LICENSE } from "../model/types.js";
import { ask } from "../ui/ask.js";
import { wrap } from "../ui/wrap.js";
import type { Context } from "./context.js";
import { licenseSightings } from "./license/sightings.js";

/** Not only terms to obey: what may be done at all is in question. */
const DOUBTFUL: readonly LicenseClass[] = ["non-commercial", "research-only", "unknown"];

/** Shows what the license asks for, and asks. @throws OslmError license-not-accepted where nobody can be asked */
interface Asked {
  readonly ref: string;
  readonly url: string;
  /** The pull again, as it was asked for. */
  readonly retry: string;
}

/** @param retry the pull again, as it was asked for, without the flags of the machine */
export function askConsent(context: Context, retry: string): Consent {
  const again = [retry, ...machineFlags(context.world.machine)].join(" ");
  return (verdict, model) => consent(context, verdict, { ...model, retry: again });
}

async function consent({ out, world }: Context, verdict: LicenseVerdict, { ref, url, retry }: Asked): Promise<boolean> {
  const { id, title, reasons, obligations, rule } = verdict;
  if (!out.terminal.canPrompt) {
    const instead = `${retry} --accept-license ${id.includes(" ") ? `"${id}"` : id}`;
    throw new OslmError("license-not-accepted", {
      ref,
      id,
      title,
      class: verdict.class,
      reasons: [...reasons, licenseSightings(verdict)],
      url,
      instead,
      ...rule,
    });
  }
  const doubtful = DOUBTFUL.includes(verdict.class) || verdict.conflicts.length > 0;
  const headline = title === NO_LICENSE ? `${ref} has no license` : `${ref} is under ${title} (${verdict.class})`;
  if (doubtful) out.warn(headline);
  else out.note(headline);
  const told = [...reasons, licenseSightings(verdict)];
  const lines = [...told.map((line) => ["  ", line]), ...obligations.map(({ text }) => ["  - ", text])] as const;
  for (const [start = "", text = ""] of lines)
    out.note(wrap(start + text, out.terminal.width, " ".repeat(start.length)));
  out.note(`  Read it at ${url}`);
  const hasText = verdict.evidence.some(({ sha256 }) => sha256 !== undefined);
  if (hasText) out.note(`  or here: oslm license ${quoted(ref)} --text`);
  return ask(out.terminal, `Accept ${id}?`, world.signal);
}
