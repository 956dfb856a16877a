// Tables of the catalog's models on this machine: `oslm fit --list` and `oslm recommend`.
import type { CatalogFit } from "../app/fit-catalog.js";
import { formatBytes } from "../ui/format.js";
import { formatTokens } from "../ui/format-tokens.js";
import type { RowsFace } from "../ui/output.js";
import type { Column } from "../ui/table.js";
import type { Terminal } from "../ui/terminal.js";

const CATALOG_FIT_FIELDS: readonly (keyof CatalogFit)[] = [
  ...(["name", "title", "vendor", "modality", "params", "activeParams", "released"] as const),
  ...(["quant", "size", "estimate", "longestContext", "tokensPerSecond", "decent", "license", "geometry"] as const),
];

/** Below this the month of release and the license's id make room. */
const WIDE = 100;

/** `~` stands before all that is estimated, `?` where not even the number of layers is known. */
const FIGURES: readonly Column<CatalogFit>[] = [
  { header: "NAME", text: ({ name }) => name, whole: true },
  { header: "QUANT", text: ({ quant }) => quant },
  {
    header: "NEEDS",
    text: ({ estimate }) => `~${formatBytes(estimate.total)}`,
    raw: ({ estimate }) => String(estimate.total),
    right: true,
  },
  {
    header: "MAX CTX",
    text: ({ longestContext, geometry }) => `${geometry === "guessed" ? "?" : ""}~${formatTokens(longestContext)}`,
    raw: ({ longestContext }) => String(longestContext),
    right: true,
  },
  {
    header: "TOK/S",
    text: ({ tokensPerSecond }) => `~${tokensPerSecond}`,
    raw: ({ tokensPerSecond }) => String(tokensPerSecond),
    right: true,
  },
];
const RELEASED: Column<CatalogFit> = { header: "RELEASED", text: ({ released }) => released ?? "" };
const LICENSE: Column<CatalogFit> = { header: "LICENSE", text: ({ license }) => `${license.id} (${license.class})` };
const LICENSE_CLASS: Column<CatalogFit> = { header: "LICENSE", text: ({ license }) => license.class };

/** The table; programs get all columns. */
export function catalogFitFace({ stdoutTty, width }: Terminal): RowsFace<CatalogFit> {
  const narrow = stdoutTty && width < WIDE;
  return {
    columns: [...FIGURES, ...(narrow ? [LICENSE_CLASS] : [RELEASED, LICENSE])],
    fields: CATALOG_FIT_FIELDS,
    id: ({ name }) => name,
    whenEmpty: "Nothing of the catalog fits.",
  };
}
