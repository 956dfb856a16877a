// oslm help licenses
import { DEFAULT_POLICY } from "../../license/policy.js";
import { LICENSE_CLASSES, type LicenseClass } from "../../model/types.js";

const EXAMPLES: Readonly<Record<LicenseClass, string>> = {
  "public-domain": "CC0, the Unlicense",
  permissive: "MIT, Apache 2.0: keep the notices",
  "weak-copyleft": "LGPL, MPL: changed parts stay under it",
  copyleft: "GPL, CC BY-SA: what you build from it stays under it",
  "responsible-use": "RAIL licenses: a list of forbidden uses, also for those you serve",
  community: "Llama, Gemma: conditions that open-source licenses do not have",
  "non-commercial": "CC BY-NC: no commercial use",
  "research-only": "research and nothing else",
  unknown: "none stated, or none that oslm knows: all rights may be reserved",
};

const WORDS = { allow: "passes", ask: "asks", deny: "denied" } as const;

export function licenses(): string {
  const rows = LICENSE_CLASSES.map(
    (name) => `  ${name.padEnd(15)}  ${WORDS[DEFAULT_POLICY.classes[name]].padEnd(6)}  ${EXAMPLES[name]}`,
  );
  return `Licenses

Before the first byte of weights is fetched, oslm finds out under which license a model is, and whether it may be used.

Classes, from free to forbidden, and what holds unless a policy says otherwise

${rows.join("\n")}

  Evidence that contradicts itself asks, whatever the class, and so does what could not be found out. Of several licenses
  that govern a model the strictest class counts.

The gate

  passes   a line of notice
  asks     shows what the license demands and waits for an answer; nobody to ask (a pipe, CI, --no-input) is exit code 5
  denied   exit code 5, with the rule of the policy

  It stands before pull, run, chat, complete, batch, embed, replay, quantize and merge, also for what another program has
  put into the cache. Files of your own are stopped by the rules of a policy only. --yes never accepts a license. Where the
  Hub itself wants you to agree first, that is exit code 4: sign in (oslm auth login) and click there.

Look, accept, take back

  oslm license MODEL                     the verdict, what it rests on, what it demands; --text shows the texts
  oslm pull MODEL --accept-license ID    accept one license; OSLM_ACCEPT_LICENSE=ID,ID accepts for a whole job
  oslm license list                      what was accepted: who, when, how, for which model and which text
  oslm license revoke ID                 take it back: the next use asks again

  What was accepted is remembered with the hash of the text. When the text changes, oslm asks again.

Policies

  The license: part of oslm.yaml allows, denies or reviews by class, condition and license id:

    license:
      allow: [permissive, public-domain, llama3.1]
      deny: [non-commercial, research-only]

  The machine's policy (/etc/oslm/policy.yaml), OSLM_POLICY and the project's all count, and the strictest answer holds. A
  denial is never lifted by --accept-license; an exception in the policy lets one repository pass until a day. docs/policy.md
  has the rules, docs/ci.md how a build fails.

Where the evidence comes from

  The card of the repository, its license texts, what license_link leads to, use policies, the Hub's own gate, the header of
  the GGUF file, and all of that of every base model up to the roots; at one pinned commit. What is declared and what the
  texts say are compared; what the catalog expects is compared as well. It is kept by commit, so that --offline decides as
  the pull did; where nothing was kept and only the header of a file is known, it asks. Openness is judged apart from the
  license: docs/openness.md.

  oslm reads licenses with care, but gives no legal advice.
`;
}
