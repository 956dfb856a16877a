// The model that `/model NAME` means: one that is here. Nothing is pulled in the middle of a conversation, and nothing asked.

import type { LocalModel } from "../../app/run/local-model.js";
import { notStored } from "../../app/stored/find-stored.js";
import { quoted } from "../../model/quoted.js";
import { formatRef, parseRef } from "../../model/ref.js";
import { askConsent } from "../ask-consent.js";
import type { Context } from "../context.js";
import { findModel } from "../find-model.js";
import { showLicense } from "../license/show-license.js";

/** @throws OslmError not-stored, license-not-accepted where `oslm run` would ask, and as `oslm run` does */
export async function storedModel(
  context: Context,
  name: string,
  acceptLicense: readonly string[] | undefined,
): Promise<LocalModel> {
  const { world, out } = context;
  const ref = parseRef(name, { hub: world.endpoint });
  const local = await findModel(context, ref, {
    acceptLicense,
    consent: (found) => askConsent(context, `oslm run ${quoted(found.ref)}`),
    tell(event) {
      if (event.type === "adopted" && event.license.decision === "allow")
        showLicense(out, event.model.name, event.license);
    },
  });
  if (local === undefined) throw await notStored(world, formatRef(ref));
  return local;
}

/** The names that it knows. */
export async function storedNames({ world }: Context): Promise<readonly string[]> {
  const models = await (await world.store()).list();
  return [...new Set([...models.map(({ name }) => name), "demo"])].sort();
}
