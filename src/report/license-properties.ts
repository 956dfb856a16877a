// What oslm says of the license of a model, as names and values: neither CycloneDX nor SPDX has fields for it.

import { plain } from "../model/plain.js";
import { expressionOf, namedLicenses } from "./license-names.js";
import type { ReportedModel } from "./reported.js";

export interface NamedValue {
  readonly name: string;
  readonly value: string;
}

/** In the order of the verdict; a name may occur several times. */
export function propertiesOf({ license, evidence }: ReportedModel): readonly NamedValue[] {
  const { reasons, conflicts, obligations, accepted } = license;
  const several = <Item>(name: string, items: readonly Item[], text: (item: Item) => string) =>
    items.map((item) => [name, text(item)] as const);
  const all: readonly (readonly [string, string | null])[] = [
    ["decision", license.decision],
    ...several("reason", reasons, (reason) => reason),
    ["state", license.state],
    ["class", license.class],
    ["commercial-use", license.commercialUse],
    ["openness", license.openness],
    ["declared", expressionOf(namedLicenses(license.declared))],
    ["concluded", expressionOf(namedLicenses(license.id))],
    ["terms-set-by", license.floor],
    ...several("evidence", license.evidence, ({ source, value, agrees }) => {
      return `${source}: ${value} (${agrees ? "agrees" : "differs"})`;
    }),
    ["evidence-gathered", evidence?.at ?? null],
    ...several("conflict", conflicts, ({ kind, explanation }) => `${kind}: ${explanation}`),
    ...obligations.map(({ id, trigger, text }) => [`condition:${id}`, `${trigger}: ${text}`] as const),
    ...several("accepted", accepted, ({ license: id, at }) => `${id} on ${at}`),
  ];
  return all.flatMap(([name, value]) => (value === null ? [] : { name: plain(name), value: plain(value) }));
}
