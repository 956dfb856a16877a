// Where license policies are: an organization's files, and the oslm.yaml of the project.
import { posix, win32 } from "node:path";
import type { Env } from "./paths.js";

/** The second is what people write by habit: a policy must not go unread for that. */
const PROJECT_FILES = ["oslm.yaml", "oslm.yml"];

interface Here {
  readonly cwd: string;
  readonly home: string;
  readonly platform: NodeJS.Platform;
  /** Whether anything is there, be it a link to nothing: what cannot be read is an error later. */
  exists(path: string): boolean;
}

/**
 * Paths of all files whose policies count, the organization's first: that of the machine, OSLM_POLICY, and the project's, which is
 * `flag` or else the nearest oslm.yaml. None replaces one before it.
 */
export function policyPlaces(env: Env, flag: string | undefined, here: Here): readonly string[] {
  const path = here.platform === "win32" ? win32 : posix;
  const files = [machinePolicy(env, here.platform)].filter(here.exists);
  if (env.OSLM_POLICY) files.push(path.resolve(here.cwd, env.OSLM_POLICY));
  if (flag !== undefined) files.push(path.resolve(here.cwd, flag));
  else files.push(...projectFiles(here, path));
  return [...new Set(files)];
}

function machinePolicy(env: Env, platform: NodeJS.Platform): string {
  if (platform !== "win32") return "/etc/oslm/policy.yaml";
  return win32.join(env.ProgramData || "C:\\ProgramData", "oslm", "policy.yaml");
}

/**
 * The nearest oslm.yaml, or oslm.yml, from the working directory up to the root of its repository, or to the home folder. Outside of
 * both only the working directory counts: what lies above it, as in /tmp, anybody may have put there.
 */
function projectFiles({ cwd, home, exists }: Here, path: typeof posix): readonly string[] {
  const folders: string[] = [];
  for (let folder = cwd; ; folder = path.dirname(folder)) {
    folders.push(folder);
    if (folder === home || exists(path.join(folder, ".git"))) break;
    if (path.dirname(folder) === folder) {
      folders.length = 1;
      break;
    }
  }
  const found = folders.map((folder) => PROJECT_FILES.map((name) => path.join(folder, name)).filter(exists));
  return found.find((files) => files.length > 0) ?? [];
}
