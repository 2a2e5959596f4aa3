/** What reads a file for this program: a process in Node, a worker in a page. */
import { FoleyError } from "@foley-control/core";
import type { SourceName } from "../read/problems.js";
import type { OnError } from "../read/types.js";
import type { ApartLimits } from "./limits.js";
import type { Handler, Peer } from "./peer.js";
import type { writingHandlers } from "./remote-file.js";

/** What every guest is told of the file that it is to open. */
export interface GuestRequest {
  readonly name: SourceName;
  /** Bytes of data in memory, which are asked for piece by piece; `undefined` where the guest reaches the data itself. */
  readonly size: number | undefined;
  readonly onError: OnError | undefined;
  readonly limits: ApartLimits;
}

/** The guest, as its owner sees it. */
export interface Guest {
  readonly peer: Peer;
  readonly writing: ReturnType<typeof writingHandlers>["open"];
  /** Why it is gone; `undefined` while it lives. */
  readonly death: Error | undefined;
  /** What answers the guest's own questions about the file that it has open. */
  host: { readonly name: SourceName; readonly handlers: Readonly<Record<string, Handler>> };
  /** Ends it now. */
  kill(): void;
}

/** Why a guest was ended by who looks on. */
export type Verdict = "work" | "memory" | "idle";

const reasons: Readonly<Record<Verdict, string>> = {
  work: "reading it takes work without end",
  memory: "reading it takes far more memory than such a file needs",
  idle: "its decoder came to a standstill",
};

/** The error of a file that has taken its guest with it. */
export const endedBy = (name: SourceName, why: Verdict): FoleyError => damagedBy(name, reasons[why]);

/** The error of a file for which the guest has ended by itself. */
export const crashed = (name: SourceName, how: string): FoleyError => damagedBy(name, `its decoder crashed (${how})`);

const damagedBy = (name: SourceName, what: string): FoleyError =>
  new FoleyError("bad-file", `${name} is damaged: ${what}.`, {
    hint: "Copy or download it again, or convert it with another program first.",
  });
