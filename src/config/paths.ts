// Where files live: the Hugging Face cache that oslm shares with other tools, and oslm's own folders.
// A pure function of the environment: nothing is read or created here.
import { posix, win32 } from "node:path";

export type Env = Readonly<Record<string, string | undefined>>;

export interface Paths {
  /** The Hugging Face cache: `models--org--name` folders. */
  readonly hubCache: string;
  /** The file that `hf auth login` writes the token to. */
  readonly tokenFile: string;
  /** What must survive: index, license acceptances, history, locks. */
  readonly state: string;
  /** Model files of oslm's own: those that came from no Hub. */
  readonly data: string;
  /** What people edit. */
  readonly config: string;
  /** What may be deleted at any time. */
  readonly cache: string;
}

/**
 * The folders for one environment. Hugging Face variables follow huggingface_hub's constants.py (`~` and `$VARS`
 * expanded, relative paths kept, relative XDG_CACHE_HOME too); oslm's own follow the XDG specification, which says to
 * ignore relative paths. An empty variable counts as unset.
 */
export function resolvePaths(env: Env, home: string, platform: NodeJS.Platform): Paths {
  const path = platform === "win32" ? win32 : posix;
  const expand = (text: string) => expandVariables(expandHome(text, home, path), env, path);

  const userCache = set(env.XDG_CACHE_HOME) ?? path.join(home, ".cache");
  const hfHome = expand(set(env.HF_HOME) ?? path.join(userCache, "huggingface"));
  const hubCache = expand(set(env.HF_HUB_CACHE) ?? set(env.HUGGINGFACE_HUB_CACHE) ?? path.join(hfHome, "hub"));
  const tokenFile = expand(set(env.HF_TOKEN_PATH) ?? path.join(hfHome, "token"));

  const own = set(env.OSLM_HOME);
  if (own !== undefined) return { hubCache, tokenFile, ...inOneFolder(expand(own), path.join) };
  if (platform === "win32") {
    const local = set(env.LOCALAPPDATA) ?? path.join(home, "AppData", "Local");
    return { hubCache, tokenFile, ...inOneFolder(path.join(local, "oslm"), path.join) };
  }
  const xdg = (name: string, ...fallback: string[]) => {
    const value = set(env[name]);
    return path.join(value !== undefined && path.isAbsolute(value) ? value : path.join(home, ...fallback), "oslm");
  };
  return {
    hubCache,
    tokenFile,
    state: xdg("XDG_STATE_HOME", ".local", "state"),
    data: xdg("XDG_DATA_HOME", ".local", "share"),
    config: xdg("XDG_CONFIG_HOME", ".config"),
    cache: xdg("XDG_CACHE_HOME", ".cache"),
  };
}

type Join = (...parts: string[]) => string;

function inOneFolder(root: string, join: Join): Pick<Paths, "state" | "data" | "config" | "cache"> {
  return {
    state: join(root, "state"),
    data: join(root, "data"),
    config: join(root, "config"),
    cache: join(root, "cache"),
  };
}

function set(value: string | undefined): string | undefined {
  return value === undefined || value === "" ? undefined : value;
}

type PathModule = typeof posix;

/** `~` alone or before a separator; `~user` needs the password file and is left as it is. */
function expandHome(text: string, home: string, path: PathModule): string {
  const tilde = path === win32 ? /^~[/\\]/ : /^~\//;
  return text === "~" ? home : tilde.test(text) ? path.join(home, text.slice(2)) : text;
}

/** `$NAME` and `${NAME}`, on Windows `%NAME%` too, as Python's os.path.expandvars: unknown names stay. */
function expandVariables(text: string, env: Env, path: PathModule): string {
  const pattern = path === win32 ? /\$(?:(\w+)|\{([^}]*)\})|%([^%]+)%/g : /\$(?:(\w+)|\{([^}]*)\})/g;
  return text.replace(pattern, (whole, ...[bare, braced, percent]: (string | undefined)[]) => {
    const name = bare ?? braced ?? (path === win32 ? percent : undefined) ?? "";
    // Not `env[name]` alone: toString is no variable.
    return (Object.hasOwn(env, name) ? env[name] : undefined) ?? whole;
  });
}
