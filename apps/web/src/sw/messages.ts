/** What the page and its service worker say to each other. */
import type { EngineBuild } from "./assets.js";

/** What the page asks. Each is answered on the port that comes with it, `store` more than once. */
export type Question =
  /** Keep everything that is needed without a network, and say how far it is. */
  | { readonly type: "store"; readonly engines: readonly EngineBuild[] }
  /** How many requests were made? */
  | { readonly type: "requests" }
  /** These were made before the worker could see them. */
  | { readonly type: "earlier"; readonly addresses: readonly string[] }
  /** The new version is to begin. */
  | { readonly type: "take-over" };

/** Why a file could not be kept: what the server answered, another file than that of this version, or an error in the browser's own words. */
export type KeepFailure =
  | { readonly what: "answer"; readonly path: string; readonly status: number }
  | { readonly what: "other-file"; readonly path: string }
  | { readonly what: "error"; readonly message: string };

/** How far keeping is. `missing` names what could not be kept. */
export type StoreNews =
  | { readonly type: "storing"; readonly done: number; readonly total: number }
  | { readonly type: "stored"; readonly total: number }
  | { readonly type: "missing"; readonly paths: readonly string[]; readonly failure: KeepFailure };

/** Requests since the studio was first opened in this browser, as the service worker counted them. */
export interface RequestCount {
  /** Milliseconds since 1970. */
  readonly since: number;
  /** Answered with what is kept; nothing went out. */
  readonly kept: number;
  /** Went to a server, by its origin. */
  readonly sent: Readonly<Record<string, number>>;
  /** Of these, those that carried something: a body. */
  readonly bodies: number;
}
