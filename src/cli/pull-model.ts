// Pulling as the terminal shows it.
import { type PullEvent, type PullResult, pull } from "../app/pull/pull.js";
import { refuseUnported } from "../app/pull/refuse-unported.js";
import { type RemoteRef, target } from "../app/pull/resolve.js";
import { OslmError } from "../errors.js";
import { formatRef } from "../model/ref.js";
import { formatBytes } from "../ui/format.js";
import { createProgress, type Progress } from "../ui/progress.js";
import { askConsent } from "./ask-consent.js";
import type { Context } from "./context.js";
import { choiceWishes } from "./flags.js";
import { follow } from "./follow.js";
import { offersOf } from "./license/offers.js";
import { licenseSightings } from "./license/sightings.js";
import { type PullOptions, withQuant } from "./pull-options.js";
import { showCheckpoint } from "./show-checkpoint.js";
import { showDownload } from "./show-download.js";
import { showHashing } from "./show-hashing.js";

/** Runs the pull and shows its events on stderr. */
export async function pullModel(
  context: Context,
  ref: RemoteRef,
  options: PullOptions,
  { toRun = false } = {},
): Promise<PullResult> {
  const { world } = context;
  refuseUnported(ref);
  if (world.offline) {
    // A name that nobody knows is not missed for want of a network.
    target(ref);
    throw new OslmError("offline", { wanted: formatRef(ref) });
  }
  const events = pull(world, {
    ref: withQuant(ref, options),
    wishes: choiceWishes(options),
    force: options.force ?? false,
    toRun,
    keep: options.keep ?? false,
    projector: options.projector ?? true,
    offers: offersOf(context, options.acceptLicense),
    consent: askConsent(context, retryCommand(ref, options)),
  });
  return followPull(context, formatRef(ref), events);
}

/** Shows the events of a pull on stderr, to its end. */
export async function followPull(
  context: Context,
  what: string,
  events: AsyncGenerator<PullEvent, PullResult>,
): Promise<PullResult> {
  const { out } = context;
  out.note(`looking up ${what}`);
  const progress = createProgress(out);
  try {
    return await follow(events, (event) => show(event, context, progress));
  } finally {
    progress.stop();
  }
}

function retryCommand(ref: RemoteRef, options: PullOptions): string {
  const { ctx, prefer } = options;
  const flags = [
    ...(ctx ? [`--ctx ${ctx}`] : []),
    ...(prefer && prefer !== "balanced" ? [`--prefer ${prefer}`] : []),
    ...(options.force ? ["--force"] : []),
    ...(options.keep ? ["--keep"] : []),
    ...(options.projector === false ? ["--no-projector"] : []),
  ];
  return ["oslm pull", formatRef(withQuant(ref, options)), ...flags].join(" ");
}

function show(event: PullEvent, { out }: Context, progress: Progress): void {
  switch (event.type) {
    case "resolved":
      if (event.givenBy) out.note(`${event.ref} is a name of ${event.givenBy}`);
      out.note(`${event.snapshot.repo} at commit ${event.snapshot.commit.slice(0, 12)}`);
      break;
    case "license-surprise": {
      const { id, class: expected, found } = event.expected;
      out.warn(
        `the catalog expects the license ${id} (${expected}), but the repository's own word is ${found.id} (${found.class})`,
      );
      break;
    }
    case "license": {
      const { verdict } = event;
      const lines = [
        `license ${verdict.id} (${verdict.class}): ${verdict.reasons.join(" ")}`,
        licenseSightings(verdict),
      ];
      for (const line of lines) out.sentence(line);
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
      else out.sentence(told);
      for (const reason of reasons.slice(1)) out.verbose(reason);
      break;
    }
    case "projector":
      out.note(
        `with its projector for images, ${event.file} (${event.kind}, ${formatBytes(event.size)}): ask with --image`,
      );
      break;
    case "unknown-architecture":
      out.warn(`${event.reason}: it is pulled all the same, and cannot be run here`);
      break;
    case "broken-template":
      out.warn(
        `its chat template cannot be used, so run and chat will refuse it; complete needs none: ${event.reason}`,
      );
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
    case "checkpoint":
    case "room":
    case "converting":
    case "converted":
    case "freed":
    case "left":
      showCheckpoint(event, progress);
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
