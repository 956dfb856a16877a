// Where the names come from that a command line may hold. No request is made.
import type { Context } from "../context.js";
import type { Candidate, ValueSources } from "./complete.js";

export function valueSources({ world }: Pick<Context, "world">): ValueSources {
  return {
    async stored() {
      const { formatBytes } = await import("../../ui/format.js");
      // A broken list is a matter for the commands, which say so.
      const models = await (await world.store()).glance().catch(() => []);
      return models.map(({ name, quant, size }) => candidate(name, `${quant}, ${formatBytes(size)}, on this disk`));
    },
    async catalog() {
      const { listCatalog } = await import("../../catalog/catalog.js");
      const families = listCatalog().flatMap(({ name, title, defaultSize, sizes }) => [
        candidate(name, `${title}, ${defaultSize}`),
        ...sizes
          .filter(({ unsupported }) => !unsupported)
          .flatMap(({ size, names = [] }) =>
            [`${name}:${size}`, ...names].map((one) => candidate(one, `${title}, ${size}`)),
          ),
      ]);
      return [candidate("demo", "the embedded demo model"), ...families];
    },
    async quants() {
      const { knownQuants } = await import("../../model/quant.js");
      return knownQuants();
    },
    async fileTypes() {
      const { FILE_TYPES } = await import("../../quantize/file-types.js");
      return FILE_TYPES.map(({ label }) => label);
    },
    async licenses() {
      const { listLicenses } = await import("../../license/catalogue.js");
      return listLicenses().map(({ id, title }) => candidate(id, title));
    },
    async licenseClasses() {
      return (await import("../../model/types.js")).LICENSE_CLASSES;
    },
    async checkFormats() {
      return (await import("../license/formats.js")).CHECK_FORMATS;
    },
    async reportFormats() {
      return (await import("../license/formats.js")).REPORT_FORMATS;
    },
    async topics() {
      const { TOPICS } = await import("../topics/topics.js");
      return Object.entries(TOPICS).map(([name, { title }]) => candidate(name, title));
    },
  };
}

function candidate(value: string, description: string): Candidate {
  return { value, description };
}
