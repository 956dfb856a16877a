// oslm license list and oslm license revoke: what was accepted.
import { OslmError } from "../../errors.js";
import type { Acceptance } from "../../license/ledger-standing.js";
import { quoted } from "../../model/quoted.js";
import { ask } from "../../ui/ask.js";
import { formatAgo } from "../../ui/format.js";
import type { Column } from "../../ui/table.js";
import type { Context } from "../context.js";

const FIELDS = ["license", "subject", "commit", "textSha256", "at", "how", "user", "host", "version", "facts"] as const;

/** Shows what was accepted and not revoked. */
export async function runList({ world, out }: Context): Promise<void> {
  const { listAcceptances } = await import("../../app/license/revoke-license.js");
  const now = world.now();
  const columns: Column<Acceptance>[] = [
    { header: "LICENSE", text: (row) => row.license },
    { header: "FOR", text: (row) => row.subject },
    { header: "ACCEPTED", text: (row) => formatAgo(new Date(row.at), now), raw: (row) => row.at },
    { header: "HOW", text: (row) => row.how },
    { header: "BY", text: (row) => `${row.user}@${row.host}` },
  ];
  out.rows(await listAcceptances(world), {
    columns,
    fields: FIELDS,
    id: (row) => row.license,
    whenEmpty: "No license was accepted yet. Where one has conditions oslm pull asks.",
  });
}

/** @param model only what was accepted for this one @throws OslmError usage, not-interactive, declined */
export async function runRevoke({ world, out, flags }: Context, id: string, model?: string): Promise<void> {
  const { planRevocation, revokeLicense } = await import("../../app/license/revoke-license.js");
  const plan = await planRevocation(world, id, model);
  const revoked = plan.map(({ license, subject }) => ({ license, subject }));
  for (const { license, subject } of revoked) out.note(`${license}  ${subject}`);
  if (!flags.yes) {
    const question = `Revoke ${revoked.length === 1 ? "it" : `these ${revoked.length}`}?`;
    const only = model === undefined ? "" : ` --model ${quoted(model)}`;
    const instead = `oslm license revoke ${quoted(id)}${only} --yes`;
    if (!out.terminal.canPrompt) throw new OslmError("not-interactive", { question, instead });
    if (!(await ask(out.terminal, question, world.signal))) {
      throw new OslmError("declined", { question: "Nothing was revoked." });
    }
  }
  await revokeLicense(world, plan, flags.yes ? "--yes" : "terminal");
  if (out.json) out.document({ revoked }, ["revoked"]);
  if (out.mode.kind === "quiet") for (const { subject } of revoked) out.line(subject);
  out.note("Revoked: the next pull or use asks again. What is on this disk stays; oslm rm removes it.");
}
