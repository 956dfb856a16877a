// What a checkup means: what is wrong, what is worth knowing, and what helps.

import type { Bytes } from "../../model/types.js";
import { bringBack } from "../../store/bring-back.js";
import type { Checkup } from "./doctor.js";

export interface Finding {
  /** `damage`: models are lost or in danger; `note`: worth knowing, nothing is lost. */
  readonly severity: "damage" | "note";
  readonly code: string;
  readonly message: string;
  /** A command that can be pasted, or what to do. */
  readonly hint: string;
}

/** The worst first. */
export function findingsOf(checkup: Checkup): readonly Finding[] {
  const found = [...ofIndex(checkup), ...ofFolders(checkup), ...ofLeftThings(checkup), ...ofNetwork(checkup)];
  return found.sort((a, b) => Number(a.severity === "note") - Number(b.severity === "note"));
}

/** Lists, locks and records take less than that; with less free nothing can be pulled, recorded or accepted. */
const LITTLE: Bytes = 1_000_000;

const REPAIR = "oslm doctor --repair";

function* ofIndex({ index: { path, state, damaged, gone, away, unlisted } }: Checkup): Generator<Finding> {
  if (state === "broken") {
    const message = `the list of models in ${path} is broken`;
    const hint = `${REPAIR}   (makes it anew from its copy and the disk)`;
    yield { severity: "damage", code: "index-broken", message, hint };
  }
  if (state === "lost") {
    const message = `the list of models, ${path}, is gone; its copy is there`;
    yield { severity: "damage", code: "index-lost", message, hint: `${REPAIR}   (makes it anew)` };
  }
  if (state === "newer") {
    const message = `the list of models in ${path} was written by a newer oslm`;
    yield { severity: "damage", code: "index-newer", message, hint: "use the newer oslm again, or set OSLM_HOME" };
  }
  if (state === "unreadable") {
    const message = `the list of models in ${path} cannot be read`;
    yield { severity: "damage", code: "index-unreadable", message, hint: "check its permissions, or set OSLM_HOME" };
  }
  if (damaged.length > 0) {
    const message = `${count(damaged.length, "recorded model")} damaged: ${damaged.slice(0, 5).join(", ")}`;
    yield { severity: "damage", code: "files-damaged", message, hint: `oslm verify --repair ${damaged[0]}` };
  }
  for (const { name, path: file } of away) {
    const message = `${name} was imported from ${file}, which is not there (was it moved, or is its disk not connected?)`;
    const hint = `oslm import PATH --name ${name}   (or oslm rm ${name} to forget it)`;
    yield { severity: "damage", code: "import-gone", message, hint };
  }
  const fetched = gone.filter((name) => away.every((one) => one.name !== name));
  if (fetched.length > 0) {
    const message = `${count(fetched.length, "recorded model")} without whole files here: ${fetched.slice(0, 5).join(", ")}`;
    const hint = `oslm pull ${fetched[0]}   (or ${REPAIR} to forget)`;
    yield { severity: "damage", code: "files-gone", message, hint };
  }
  if (unlisted > 0 && state !== "broken" && state !== "lost") {
    const message = `${count(unlisted, "whole model")} on this disk that \`oslm list\` does not show`;
    yield { severity: "note", code: "unlisted", message, hint: `${REPAIR}   (lists them)` };
  }
}

function* ofFolders({ folders, links, index }: Checkup): Generator<Finding> {
  for (const { name, path, writable } of folders) {
    if (writable) continue;
    const message = `the ${name} folder ${path} cannot be written to`;
    const variable = name === "cache" ? "HF_HUB_CACHE" : "OSLM_HOME";
    // A cache that others fill may well be read-only; without our own state nothing can be locked or recorded.
    const severity = name === "cache" ? "note" : "damage";
    yield {
      severity,
      code: "not-writable",
      message,
      hint: `check its permissions, or set ${variable} to another folder`,
    };
  }
  const full = folders.filter(({ free }) => free !== null && free < LITTLE);
  if (full.length > 0) {
    const told = full.map(({ name, path, free }) => `the ${name} folder ${path} (${free} bytes)`);
    const message = `no room is left for ${told.join(" and ")}`;
    const hint = "free room on that disk, or set HF_HUB_CACHE and OSLM_HOME to another   (oslm list, then oslm rm)";
    yield {
      severity: full.every(({ name }) => name === "cache") ? "note" : "damage",
      code: "disk-full",
      message,
      hint,
    };
  }
  for (const link of links) {
    const message = `${link.path} is a link to ${link.target}, which is not followed`;
    const severity = index.linked.length > 0 ? "damage" : "note";
    yield { severity, code: "linked-folder", message, hint: bringBack(link) };
  }
}

function* ofLeftThings({ locks, parts, temporary, unfinished }: Checkup): Generator<Finding> {
  const left = locks.filter(({ state }) => state === "left");
  if (left.length > 0) {
    const message = `${count(left.length, "lock")} of processes that have died: ${left.map(({ name }) => name).join(", ")}`;
    yield { severity: "note", code: "dead-locks", message, hint: REPAIR };
  }
  if (temporary.length > 0) {
    const message = `${count(temporary.length, "temporary file")} left behind`;
    yield { severity: "note", code: "temporary-files", message, hint: REPAIR };
  }
  if (unfinished.length > 0) {
    const names = unfinished.slice(0, 5).map(({ path }) => path);
    const message = `${count(unfinished.length, "result")} begun and never finished: ${names.join(", ")}`;
    yield { severity: "note", code: "unfinished-results", message, hint: "oslm prune" };
  }
  if (parts.count > 0) {
    const message = `parts of ${count(parts.count, "interrupted download")} are kept, to go on with`;
    yield { severity: "note", code: "interrupted-downloads", message, hint: "oslm prune" };
  }
}

function* ofNetwork({ network: { caCerts, caCertsReadable } }: Checkup): Generator<Finding> {
  if (caCerts !== null && !caCertsReadable) {
    const message = `NODE_EXTRA_CA_CERTS names ${caCerts}, which cannot be read`;
    yield {
      severity: "note",
      code: "no-certificates",
      message,
      hint: "set it to a file of certificates (PEM), or unset it",
    };
  }
}

function count(number: number, what: string): string {
  return `${number} ${what}${number === 1 ? "" : "s"}`;
}
