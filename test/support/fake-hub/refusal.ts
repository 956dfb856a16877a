// When the Hub refuses, and in which words: the table of docs on the Hub's errors.
import type { StoredRepo } from "./repo.js";

export interface Refusal {
  readonly status: number;
  readonly code?: string;
  readonly message: string;
}

export const NO_USER: Refusal = { status: 401, message: "Invalid username or password." };
export const BAD_TOKEN: Refusal = { status: 401, message: "Invalid credentials in Authorization header" };
export const NO_REPO: Refusal = { status: 404, code: "RepoNotFound", message: "Repository not found" };
export const NO_ENTRY: Refusal = { status: 404, code: "EntryNotFound", message: "Entry not found" };
const DISABLED: Refusal = { status: 403, message: "Access to this resource is disabled." };

export function noRevision(revision: string): Refusal {
  return { status: 404, code: "RevisionNotFound", message: `Invalid rev id: ${revision}` };
}

/** Why this repository cannot even be looked at; undefined when it can. */
export function refuseLook(stored: StoredRepo | undefined, signedIn: boolean): Refusal | undefined {
  const hidden = stored === undefined || (stored.now.private && (!signedIn || stored.now.access === "none"));
  // A stranger cannot tell missing from private.
  if (hidden) return signedIn ? NO_REPO : NO_USER;
  return stored.now.disabled ? DISABLED : undefined;
}

/** Why its contents are refused to one who may look. */
export function refuseContents({ now }: StoredRepo, signedIn: boolean, endpoint: string): Refusal | undefined {
  if (!now.gated) return undefined;
  const restricted = `Access to model ${now.id} is restricted`;
  if (!signedIn) {
    const message = `${restricted}. You must have access to it and be authenticated to access it. Please log in.`;
    return { status: 401, code: "GatedRepo", message };
  }
  switch (now.access ?? "none") {
    case "granted":
      return undefined;
    case "pending": {
      const message = `Your request to access model ${now.id} is awaiting a review from the repo authors.`;
      return { status: 403, code: "GatedRepo", message };
    }
    case "token-scope": {
      const what = "Please enable access to public gated repositories in your fine-grained token settings";
      return { status: 403, message: `${what} to view this repository.` };
    }
    case "none": {
      const visit = `Visit ${endpoint}/${now.id} to ask for access.`;
      return {
        status: 403,
        code: "GatedRepo",
        message: `${restricted} and you are not in the authorized list. ${visit}`,
      };
    }
  }
}
