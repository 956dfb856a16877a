// oslm auth: the token for gated and private repositories.
import { Command } from "commander";
import type { AuthStatus } from "../../app/auth.js";
import { isOslmError, OslmError } from "../../errors.js";
import type { Context, ContextOf } from "../context.js";

const FIELDS = ["signedIn", "source", "user", "endpoint"];

export function makeAuthCommand(contextOf: ContextOf): Command {
  const auth = new Command("auth").description("sign in to the Hub, for gated and private models").action(() => {
    throw new OslmError("usage", {
      problem: "auth does one of three things",
      detail: "They are login, logout and status.",
      help: "oslm auth status",
    });
  });
  auth.addCommand(
    new Command("login")
      .description("keep a token for later runs, after asking the Hub whose it is")
      .option("--token-stdin", "read the token from standard input instead of asking")
      .action(({ tokenStdin }: { tokenStdin?: boolean }) => runLogin(contextOf(), tokenStdin === true)),
  );
  auth.addCommand(new Command("logout").description("remove the kept token").action(() => runLogout(contextOf())));
  auth.addCommand(
    new Command("status")
      .description("say whose token is used; exit 4 without one")
      .action(() => runStatus(contextOf())),
  );
  return auth;
}

async function runLogin({ world, out }: Context, stdin: boolean): Promise<void> {
  const [{ readToken }, { signIn }] = await Promise.all([import("../read-token.js"), import("../../app/auth.js")]);
  const { file, source } = world.token;
  const page = `${world.endpoint}/settings/tokens`;
  const { token, from } = await readToken(out.terminal, { stdin, page, signal: world.signal });
  const status = await signIn(world, token, from);
  if (out.json) out.document(status, FIELDS);
  out.note(status.user === null ? "The token was not checked: oslm is offline." : `Signed in as ${status.user}.`);
  out.note(`The token is kept in ${file}.`);
  warnOfVariable(out, source, file, "is used instead of it");
}

const SIGNED_OUT = ["removed", "file"];

async function runLogout({ world, out }: Context): Promise<void> {
  out.checkFields(SIGNED_OUT);
  const { signOut } = await import("../../app/auth.js");
  const { file, source } = world.token;
  const removed = await signOut(world);
  if (out.json) out.document({ removed, file }, SIGNED_OUT);
  out.note(
    removed ? `Removed ${file}; other tools that read it are signed out too.` : `There was no token in ${file}.`,
  );
  warnOfVariable(out, source, file, "still holds a token");
}

async function runStatus({ world, out }: Context): Promise<void> {
  const { authStatus } = await import("../../app/auth.js");
  const { endpoint } = world;
  const { source = null, file } = world.token;
  let status: AuthStatus;
  try {
    status = await authStatus(world);
  } catch (error) {
    // The document is for both answers: scripts look at `signedIn`.
    if (out.json && isOslmError(error, "bad-token")) {
      out.document({ signedIn: false, source, user: null, endpoint }, FIELDS);
    }
    throw error;
  }
  if (out.json) out.document(status, FIELDS);
  if (!status.signedIn) throw new OslmError("not-signed-in", { endpoint, file });
  if (out.json) return;
  if (out.mode.kind === "quiet") {
    if (status.user !== null) out.line(status.user);
    return;
  }
  const who = status.user === null ? "A token is there (not checked: oslm is offline)" : `Signed in as ${status.user}`;
  out.line(`${who}, with the token of ${status.source}, on ${endpoint}`);
}

function warnOfVariable(out: Context["out"], source: string | undefined, file: string, does: string): void {
  if (source !== undefined && source !== file) out.warn(`${source} is set in the environment and ${does}`);
}
