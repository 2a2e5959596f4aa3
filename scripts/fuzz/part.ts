/** A part of the fuzzer: one kind of thing that comes from strangers, made wrong by the thousand. `parts.ts` lists them. */

/** One input, and what a caller would do with it. */
export interface FuzzInput {
  /** The row of the table that it is counted in, for example `"safetensors"`. */
  readonly kind: string;
  /** Bytes of the input; memory is counted beyond them. */
  readonly size: number;
  /** Uses the input to its end, as a caller would. A FoleyError is a refusal; whatever else is thrown is a mistake of ours. */
  run(): Promise<void>;
}

/** A part. */
export interface FuzzPart {
  /** What it is made of, one line. */
  readonly about: string;
  /** How many inputs `npm test` runs; they should take less than half a minute. */
  readonly slice: number;
  /**
   * The part that shows what an ending of the process means to users, where what this one runs is protected there: rejections that nobody
   * waits for are no findings then, and what ends, fills or keeps the process busy is run once more as that part.
   */
  readonly protectedAs?: string;
  /** Input `index` of a run: the same for the same seed, whatever came before it. */
  make(seed: number, index: number): FuzzInput | Promise<FuzzInput>;
}

/** What came of one input. `ended`: the process did not live, by a crash or by a rejection that nobody handled. */
export type Outcome = "refused" | "accepted" | "other" | "ended" | "slow" | "large";

/** Most processor time for one input, and longest wait for one that uses none; milliseconds. */
export const MAXIMUM_PROCESSOR_MS = 10_000;
/** See {@link MAXIMUM_PROCESSOR_MS}. */
export const MAXIMUM_WAIT_MS = 60_000;
/** Most memory beyond the input, bytes. */
export const MAXIMUM_MEMORY = 500 * 2 ** 20;
