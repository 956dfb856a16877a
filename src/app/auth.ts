// Signing in to the Hub, out of it, and who one is.
import type { World } from "./world.js";

export interface AuthStatus {
  readonly signedIn: boolean;
  /** Where the token in use comes from: a variable's name or a file's path. */
  readonly source: string | null;
  /** The account's name; null when signed out, and when offline, where nobody can be asked. */
  readonly user: string | null;
  readonly endpoint: string;
}

/** Who the token in use belongs to. @throws OslmError bad-token and those of the network */
export async function authStatus(world: World): Promise<AuthStatus> {
  const { endpoint, token } = world;
  const { source } = token;
  if (source === undefined) return { signedIn: false, source: null, user: null, endpoint };
  const user = world.offline ? null : await (await world.hub()).whoAmI(world.signal);
  return { signedIn: true, source, user, endpoint };
}

/**
 * Keeps the token for later runs, after the Hub has said whose it is; offline it is kept unasked.
 * @param from where it was read, for messages
 * @throws OslmError bad-token (the token before stays) and those of the network
 */
export async function signIn(world: World, token: string, from: string): Promise<AuthStatus> {
  const { endpoint } = world;
  const user = world.offline ? null : await (await world.hubAs({ token, tokenSource: from })).whoAmI(world.signal);
  await world.token.write(token);
  return { signedIn: true, source: world.token.file, user, endpoint };
}

/** Forgets the kept token; false when there was none. */
export async function signOut(world: World): Promise<boolean> {
  return await world.token.remove();
}
