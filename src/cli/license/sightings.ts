// Where the license of a model was seen, in a line or two for people.
import type { LicenseVerdict } from "../../model/types.js";

/** A merge of a dozen models would fill the screen. */
const MOST = 8;

/** `Seen in the card (apache-2.0), LICENSE (apache-2.0).`, what is missing, and the base model that sets the floor. */
export function licenseSightings({
  evidence,
  state,
  floor,
}: Pick<LicenseVerdict, "evidence" | "state" | "floor">): string {
  const seen = evidence.slice(0, MOST).map(({ source, value }) => `${placeOf(source)} (${value})`);
  if (evidence.length > MOST) seen.push(`and ${evidence.length - MOST} more places`);
  return [
    `Seen in ${seen.join(", ")}.`,
    // A file alone is no repository.
    ...(state === "text-missing" && evidence.some(({ source }) => source.startsWith("card."))
      ? ["The repository holds no license text."]
      : []),
    ...(floor === null ? [] : [`No freer than its base model ${floor}.`]),
  ].join(" ");
}

function placeOf(source: string): string {
  return source.replace(/card\.license(_name)?$/, "the card");
}
