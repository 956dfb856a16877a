// Pulling from a plain web server, as the terminal shows it.
import type { PullResult } from "../app/pull/pull.js";
import { OslmError } from "../errors.js";
import { quoted } from "../model/quoted.js";
import { askConsent } from "./ask-consent.js";
import type { Context } from "./context.js";
import { choiceWishes } from "./flags.js";
import { offersOf } from "./license/offers.js";
import { followPull } from "./pull-model.js";
import type { PullOptions } from "./pull-options.js";

export interface WebPullOptions extends PullOptions {
  readonly sha256?: readonly string[];
}

/** Runs the pull and shows its events on stderr. */
export async function pullWeb(context: Context, url: string, options: WebPullOptions): Promise<PullResult> {
  const { world } = context;
  const { plainUrl, webFiles } = await import("../app/pull/web-files.js");
  const { pullUrl } = await import("../app/pull/pull-url.js");
  const { sha256 = [], acceptLicense, quant, force = false, ...choice } = options;
  if (quant !== undefined) {
    throw new OslmError("usage", {
      problem: "an address names one file: --quant cannot choose",
      detail: "Only a name or a repository offers several quantizations.",
      help: "leave --quant out",
    });
  }
  webFiles(url, sha256);
  const shown = plainUrl(url);
  if (world.offline) throw new OslmError("offline", { wanted: shown });
  // Without its query, which may be a signature: messages end up in logs.
  const retry = ["oslm pull", quoted(shown), ...sha256.map((hash) => `--sha256 ${hash}`)].join(" ");
  const consent = askConsent(context, retry);
  return followPull(
    context,
    shown,
    pullUrl(world, {
      url,
      sha256,
      retry,
      wishes: choiceWishes(choice),
      force,
      offers: offersOf(context, acceptLicense),
      consent,
    }),
  );
}
