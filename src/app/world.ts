// What use cases work with. Everything that costs time or touches the world is made when first asked for.
import type { Elsewhere } from "../config/elsewhere.js";
import type { Hub } from "../hub/hub.js";
import type { Host } from "../model/types.js";
import type { Engine } from "../runtime/engine.js";
import type { Store } from "../store/store.js";

export interface World {
  readonly signal: AbortSignal;
  readonly offline: boolean;
  /** The user's home folder, for `~` in paths. */
  readonly home: string;
  /** Where other programs keep their models. */
  readonly elsewhere: Elsewhere;
  now(): Date;
  hub(): Promise<Hub>;
  store(): Promise<Store>;
  engine(): Promise<Engine>;
  /** This machine, with --ram and --vram in place of what was probed. */
  host(): Promise<Host>;
}
