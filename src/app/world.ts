// What use cases work with. Everything that costs time or touches the world is made when first asked for.
import type { Overlay } from "../catalog/catalog.js";
import type { Elsewhere } from "../config/elsewhere.js";
import type { HostOverride } from "../fit/override-host.js";
import type { Hub } from "../hub/hub.js";
import type { LicensePolicy } from "../license/policy.js";
import type { ModelRef } from "../model/ref.js";
import type { Bytes, Host } from "../model/types.js";
import type { Engine, ImageEngine } from "../runtime/engine.js";
import type { EvidenceFolder } from "../store/evidence-folder.js";
import type { LoadLog } from "../store/load-log.js";
import type { Store } from "../store/store.js";

/** The Hub's token: where the one in use comes from, and the file that keeps one. */
export interface TokenPlace {
  /** A variable's name or the file's path; undefined without a token. */
  readonly source: string | undefined;
  readonly file: string;
  write(token: string): Promise<void>;
  /** False when there was none. */
  remove(): Promise<boolean>;
}

/** The record of license acceptances. */
export interface LedgerPlace {
  readonly file: string;
  read(): Promise<string>;
  /** Adds a line. */
  add(line: string): Promise<void>;
  /** Who writes: the user, the machine and the version of oslm. */
  author(): { readonly user: string; readonly host: string; readonly version: string };
  /** Told when lines make no sense. */
  tell(news: BrokenLines): void;
}

/** Lines of a file that are passed over, by their numbers from 1. */
export interface BrokenLines {
  readonly path: string;
  readonly lines: readonly number[];
}

/** What an oslm.yaml says besides its policy. */
export interface Project {
  /** The path of the file, for messages. */
  readonly shown: string;
  /** The models that it lists; undefined where it has no list. */
  readonly models: readonly ModelRef[] | undefined;
}

export interface World {
  readonly signal: AbortSignal;
  readonly offline: boolean;
  /** Base URL of the Hub in use. */
  readonly endpoint: string;
  /** The user's home folder, for `~` in paths. */
  readonly home: string;
  /** oslm's own folder for what must survive. */
  readonly state: string;
  /** Where other programs keep their models. */
  readonly elsewhere: Elsewhere;
  now(): Date;
  hub(): Promise<Hub>;
  /** The same Hub with another token than the one in use. */
  hubAs(identity: { readonly token: string; readonly tokenSource: string }): Promise<Hub>;
  readonly token: TokenPlace;
  readonly ledger: LedgerPlace;
  store(): Promise<Store>;
  /** What license decisions rested on. */
  evidence(): Promise<EvidenceFolder>;
  engine(): Promise<Engine>;
  /** What reads images; a part of its own, which may not be installed. */
  images(): Promise<ImageEngine>;
  /** Evaluated prompts, which save the next process from reading them; undefined where none are wanted. @throws OslmError usage */
  promptCache(): { readonly folder: string; readonly limit: Bytes } | undefined;
  /** Past loads on this machine. */
  loads(): Promise<LoadLog>;
  /** What --ram, --vram, --gpu and the like say of the machine. */
  readonly machine: HostOverride;
  /**
   * This machine as it was at the first call, with `machine` in place of what was probed. The memory's
   * speed is in it when it was measured before, or `measured` asks for it: that takes a quarter of a second, once on each machine.
   */
  host(wants?: { readonly measured: boolean }): Promise<Host>;
  /** The same at this moment. */
  hostNow(): Promise<Host>;
  /** The project of the working directory; undefined where there is none. @throws OslmError bad-policy */
  project(): Promise<Project | undefined>;
  /** The catalogs that configurations name beside ours. @throws OslmError bad-policy, bad-catalog, catalog-changed, offline, network */
  overlays(wants: {
    /** No request: what was not fetched before is left out. */
    readonly kept: boolean;
  }): Promise<readonly Overlay[]>;
  /** The license policy that holds here. @throws OslmError bad-policy */
  policy(): Promise<LicensePolicy>;
}
