// Pulling as the terminal shows it; used by `pull`, and by commands whose model is not on this disk yet.

import type { Consent } from "../app/license-gate.js";
import { type LocalModel, storedModel } from "../app/local-model.js";
import { machineFlags } from "../app/machine-flags.js";
import { type PullEvent, type PullResult, pull } from "../app/pull.js";
import type { RemoteRef } from "../app/resolve.js";
import { OslmError } from "../errors.js";
import { quoted } from "../model/quoted.js";
import { formatRef, type ModelRef, parseRef } from "../model/ref.js";
import type { LicenseClass, LicenseVerdict } from "../model/types.js";
import { ask } from "../ui/ask.js";
import { formatBytes } from "../ui/format.js";
import { createProgress, type Progress } from "../ui/progress.js";
import { wrap } from "../ui/wrap.js";
import type { Context } from "./context.js";
import { findModel } from "./find-model.js";
import { type ChoiceOptions, choiceWishes } from "./flags.js";
import { offersOf } from "./license/offers.js";
import { showLicense } from "./license/show-license.js";
import { licenseSightings } from "./license/sightings.js";
import { showDownload } from "./show-download.js";
import { showHashing } from "./show-hashing.js";

export interface PullOptions extends ChoiceOptions {
  readonly force?: boolean;
  readonly acceptLicense?: readonly string[];
}

/** The model of `ref`, pulled first when it is not here. @throws OslmError offline instead when no request is allowed */
export async function ensureModel(context: Context, ref: ModelRef, options: PullOptions): Promise<LocalModel> {
  const asked = ref.kind === "catalog" || ref.kind === "hub" ? withQuant(ref, options) : ref;
  if (asked.kind !== "catalog" && asked.kind !== "hub" && options.quant !== undefined) {
    throw new OslmError("usage", {
      problem: `${formatRef(asked)} is one file: --quant cannot choose`,
      detail: "Only a name or a repository offers several quantizations.",
      help: "leave --quant out",
    });
  }
  const progress = createProgress(context.out);
  const local = await findModel(context, asked, {
    acceptLicense: options.acceptLicense,
    consent(found) {
      progress.stop();
      return askConsent(context, `oslm run ${found.ref}`);
    },
    tell(event) {
      if (event.type !== "adopted") return showHashing(event, progress);
      progress.stop();
      showLicense(context.out, event.model.name, event.license);
    },
  }).finally(() => progress.stop());
  if (local) return local;
  if (asked.kind !== "catalog" && asked.kind !== "hub") throw new Error("a file is found or reported missing");
  return storedModel((await pullModel(context, asked, options, { toRun: true })).model);
}

/** The model of --draft, pulled first when it is not here. */
export async function ensureDraft(
  context: Context,
  { draft, force, acceptLicense }: Pick<PullOptions, "force" | "acceptLicense"> & { readonly draft?: string },
): Promise<LocalModel | undefined> {
  if (draft === undefined) return undefined;
  const ref = parseRef(draft, { hub: context.world.endpoint });
  return ensureModel(context, ref, { ...(force && { force }), ...(acceptLicense && { acceptLicense }) });
}

/** Runs the pull and shows its events on stderr. */
export async function pullModel(
  context: Context,
  ref: RemoteRef,
  options: PullOptions,
  { toRun = false } = {},
): Promise<PullResult> {
  const { world } = context;
  if (world.offline) throw new OslmError("offline", { wanted: formatRef(ref) });
  const events = pull(world, {
    ref: withQuant(ref, options),
    wishes: choiceWishes(options),
    force: options.force ?? false,
    toRun,
    offers: offersOf(context, options.acceptLicense),
    consent: askConsent(context, retryCommand(ref, options)),
  });
  return follow(context, formatRef(ref), events);
}

/** Shows the events of a pull on stderr, to its end. */
export async function follow(
  context: Context,
  what: string,
  events: AsyncGenerator<PullEvent, PullResult>,
): Promise<PullResult> {
  const { out } = context;
  out.note(`looking up ${what}`);
  const progress = createProgress(out);
  try {
    for (;;) {
      const step = await events.next();
      if (step.done) return step.value;
      show(step.value, context, progress);
    }
  } finally {
    progress.stop();
  }
}

function withQuant<Ref extends RemoteRef>(ref: Ref, { quant }: ChoiceOptions): Ref {
  if (quant === undefined || ref.quant === quant) return ref;
  if (ref.quant === undefined) return { ...ref, quant };
  throw new OslmError("usage", {
    problem: `${formatRef(ref)} names a quantization, and --quant ${quant} another`,
    detail: "Only one can be meant.",
    help: `oslm pull ${formatRef({ ...ref, quant })}`,
  });
}

function show(event: PullEvent, { out }: Context, progress: Progress): void {
  switch (event.type) {
    case "resolved":
      out.note(`${event.snapshot.repo} at commit ${event.snapshot.commit.slice(0, 12)}`);
      break;
    case "license": {
      const { verdict } = event;
      const { stderrTty, width } = out.terminal;
      const lines = [
        `license ${verdict.id} (${verdict.class}): ${verdict.reasons.join(" ")}`,
        licenseSightings(verdict),
      ];
      for (const line of lines) out.note(stderrTty ? wrap(line, width, "  ") : line);
      break;
    }
    case "broken":
      out.warn(`${event.variant.files[0].path} is passed over, its header is broken: ${event.reason}`);
      break;
    case "chosen": {
      const { variant, reasons } = event.choice;
      const files = variant.files.length > 1 ? ` in ${variant.files.length} files` : "";
      const told = `${reasons[0] ?? variant.quant}; ${formatBytes(variant.size)}${files}`;
      if (event.forced) out.warn(`${variant.quant} does not fit here, and is pulled all the same: ${told}`);
      else out.note(told);
      for (const reason of reasons.slice(1)) out.verbose(reason);
      break;
    }
    case "unknown-architecture":
      out.warn(`${event.reason}: it is pulled all the same, and cannot be run here`);
      break;
    case "waiting": {
      const which = event.holder === undefined ? "" : ` (pid ${event.holder})`;
      out.note(`another oslm${which} is pulling ${event.repo}; waiting for it`);
      break;
    }
    case "hashing":
    case "hashed":
      showHashing(event, progress);
      break;
    case "damaged":
      progress.note(damageText(event));
      break;
    case "reused":
      progress.note(`${event.path}: found in ${event.where}; ${event.how}, not downloaded`);
      break;
    default:
      showDownload(event, progress);
  }
}

function damageText({ path, size, total, kept }: Extract<PullEvent, { type: "damaged" }>): string {
  const what = size === total ? "its bytes are not what they were" : `it has ${size} bytes, not ${total}`;
  const next = kept > 0 ? "only the rest is fetched" : "it is fetched anew";
  return `${path} on this disk is damaged: ${what}; ${next}`;
}

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

function retryCommand(ref: RemoteRef, options: PullOptions): string {
  const { ctx, prefer } = options;
  const flags = [
    ...(ctx ? [`--ctx ${ctx}`] : []),
    ...(prefer && prefer !== "balanced" ? [`--prefer ${prefer}`] : []),
    ...(options.force ? ["--force"] : []),
  ];
  return ["oslm pull", formatRef(withQuant(ref, options)), ...flags].join(" ");
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
  const headline = `${ref} is under ${title} (${verdict.class})`;
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
