// What the command line and the environment accept.
import type { Offer } from "../../app/license/license-offers.js";
import type { Context } from "../context.js";

/** `--accept-license ID`, repeated, and `OSLM_ACCEPT_LICENSE=ID,ID`. */
export function offersOf({ env }: Pick<Context, "env">, flags: readonly string[] = []): readonly Offer[] {
  const listed = (env.OSLM_ACCEPT_LICENSE ?? "").split(",").map((id) => id.trim());
  return [
    ...flags.map((id): Offer => ({ id, how: "--accept-license" })),
    ...listed.filter((id) => id !== "").map((id): Offer => ({ id, how: "OSLM_ACCEPT_LICENSE" })),
  ];
}
