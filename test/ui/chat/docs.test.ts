// docs/chat.md lists what the program has. `npx vitest run test/ui/chat/docs.test.ts -u` writes the lists.
import { readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { expect, it } from "vitest";
import { COMMANDS } from "../../../src/ui/chat/commands.js";
import { KEYS } from "../../../src/ui/chat/keys-help.js";
import { SETTINGS } from "../../../src/ui/chat/settings.js";

const DOCS = fileURLToPath(new URL("../../../docs/chat.md", import.meta.url));

/** As Biome lays tables out. */
function table(rows: readonly (readonly string[])[]): string {
  const cells = rows.map((row) => row.map((cell) => cell.replaceAll("|", "\\|")));
  const [header = [], ...rest] = cells;
  const widths = header.map((_, index) => Math.max(...cells.map((row) => row[index]?.length ?? 0)));
  const rule = widths.map((width) => "-".repeat(width));
  const line = (row: readonly string[]) =>
    `| ${widths.map((width, index) => (row[index] ?? "").padEnd(width)).join(" | ")} |`;
  return [header, rule, ...rest].map(line).join("\n");
}

const LISTS: Readonly<Record<string, string>> = {
  keys: table([["key", "does"], ...KEYS]),
  commands: table([
    ["command", "does"],
    ...COMMANDS.map(({ name, also = [], takes, help }) => {
      return [[name, ...also].map((one) => `\`${`${one} ${takes}`.trim()}\``).join(", "), help];
    }),
  ]),
  settings: table([
    ["setting", "takes", "for"],
    ...SETTINGS.map(({ name, form, help }) => [`\`${name}\``, form, help]),
  ]),
};

it("lists the keys, the commands and the settings", async () => {
  const page = readFileSync(DOCS, "utf8");
  const fresh = page.replace(
    /(<!-- (\w+)[^\n]*-->\n)[\s\S]*?(<!-- end -->)/g,
    (_, begin: string, name: string, end: string) => `${begin}\n${LISTS[name]}\n\n${end}`,
  );
  for (const list of Object.values(LISTS)) expect(fresh).toContain(list);
  await expect(fresh).toMatchFileSnapshot(DOCS);
});
