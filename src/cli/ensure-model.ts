// The model that a command wants: found on this disk, or pulled first. What a pull needs is loaded only for one.
import { type LocalModel, storedModel } from "../app/run/local-model.js";
import { isOslmError, OslmError } from "../errors.js";
import { formatRef, type ModelRef, parseRef } from "../model/ref.js";
import type { AdapterFile } from "../runtime/engine.js";
import { createProgress } from "../ui/progress.js";
import { askConsent } from "./ask-consent.js";
import type { Context } from "./context.js";
import { admitAdapters, findModel } from "./find-model.js";
import { showLicense } from "./license/show-license.js";
import { type PullOptions, withQuant } from "./pull-options.js";
import { showHashing } from "./show-hashing.js";

/**
 * The model of `ref`, pulled first when it is not here.
 * @param options with the adapters that it is for: none is loaded against a policy
 * @throws OslmError offline instead when no request is allowed
 */
export async function ensureModel(
  context: Context,
  ref: ModelRef,
  { lora = [], ...options }: PullOptions & { readonly lora?: readonly AdapterFile[] },
): Promise<LocalModel> {
  const asked = ref.kind === "catalog" || ref.kind === "hub" ? withQuant(ref, options) : ref;
  if (asked.kind !== "catalog" && asked.kind !== "hub" && options.quant !== undefined) {
    throw new OslmError("usage", {
      problem: `${formatRef(asked)} is one file: --quant cannot choose`,
      detail: "Only a name or a repository offers several quantizations.",
      help: "leave --quant out",
    });
  }
  await admitAdapters(context, lora, options.acceptLicense);
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
      if (event.license.decision === "allow") showLicense(context.out, event.model.name, event.license);
    },
  }).finally(() => progress.stop());
  if (local) return local;
  if (asked.kind !== "catalog" && asked.kind !== "hub") throw new Error("a file is found or reported missing");
  const { pullModel } = await import("./pull-model.js");
  return storedModel((await pullModel(context, asked, options, { toRun: true })).model);
}

/** The model of --draft, pulled first when it is not here. */
export async function ensureDraft(
  context: Context,
  { draft, force, acceptLicense }: Pick<PullOptions, "force" | "acceptLicense"> & { readonly draft?: string },
): Promise<LocalModel | undefined> {
  if (draft === undefined) return undefined;
  const ref = parseRef(draft, { hub: context.world.endpoint });
  try {
    return await ensureModel(context, ref, { ...(force && { force }), ...(acceptLicense && { acceptLicense }) });
  } catch (error) {
    const flag = "--draft";
    if (isOslmError(error, "unknown-model")) throw new OslmError("unknown-model", { ...error.facts, flag });
    if (isOslmError(error, "unknown-size")) throw new OslmError("unknown-size", { ...error.facts, flag });
    throw error;
  }
}
