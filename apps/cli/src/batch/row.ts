/** One row of a batch: a clip and what it is to sound like, wherever that was said. */
import type { FoleyError } from "@foley-control/core";
import type { Settings } from "../generate/settings.js";

/** A row. */
export interface Row {
  /** From 1, over everything that was given. */
  readonly number: number;
  /** Path of the clip, from the working folder; empty where a row does not name one. */
  readonly clip: string;
  /** What the row says, and the flags for what it does not. */
  readonly settings: Settings;
  /** What is wrong with the row itself. */
  readonly error?: FoleyError | undefined;
}

/** A row before it has its number. */
export type UncountedRow = Omit<Row, "number">;
