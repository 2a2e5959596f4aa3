/**
 * One golden case: what is fed and what is expected. `NAME.json` says it, `NAME.safetensors` holds the numbers. The format is
 * described in the README beside the cases (numbers of stable-audio-tools, transformers and facebookresearch/vjepa2).
 */
import type { Formula, WeightTable } from "./formula.js";
import type { Numbers, Slice } from "./numbers.js";
import type { Synth } from "./synth.js";

/** Largest allowed differences; where a limit is absent it does not apply. */
export interface Limits {
  /** Largest difference of one element. */
  readonly maxAbs?: number | undefined;
  /** ‖mine − reference‖ / ‖reference‖. */
  readonly relL2?: number | undefined;
}

/** One expected tensor. */
export interface Output {
  /** Sizes per axis of the whole tensor. */
  readonly shape: readonly number[];
  /** The stored part. */
  readonly slice?: Slice;
}

/** One tensor that is fed: stored, synthesised, or made by its formula. */
export interface Input extends Partial<Formula> {
  /** Sizes per axis. */
  readonly shape: readonly number[];
  /** What the formula calls it. Default: `input:` and its key. */
  readonly name?: string;
  /** The name that it is stored under. */
  readonly stored?: string;
  /** Sounds, one row each. */
  readonly synth?: Synth | readonly Synth[];
  /** What whole numbers of the synthesiser are divided by: `int16/N`. */
  readonly scale?: string;
  /** How it begins, to find a wrong formula before anything else. */
  readonly firstValues?: readonly number[];
  /** How it ends. */
  readonly lastValue?: number;
}

/** What the JSON file of a case says; kinds of cases read further fields. */
export interface CaseFile {
  /** Its name. */
  readonly case: string;
  /** Seed of all formulas. */
  readonly caseSeed?: number;
  /** Sizes and settings, different for every kind. */
  // biome-ignore lint/suspicious/noExplicitAny: files of many kinds; each kind reads its own fields.
  readonly config: any;
  /** A table of formulas, or a sentence that says where the weights are. */
  readonly weights?: string | WeightTable;
  /** What is fed. */
  readonly inputs: Readonly<Record<string, Input>>;
  /** What is expected. */
  readonly outputs: Readonly<Record<string, Output>>;
  /** General limits, and limits of single outputs by name. */
  readonly tolerance: Limits & Readonly<Record<string, unknown>>;
  // biome-ignore lint/suspicious/noExplicitAny: as above.
  readonly [further: string]: any;
}

/** A case with its numbers. */
export interface GoldenCase {
  /** Name in reports. */
  readonly name: string;
  /** Folder of the file; checkpoints lie beside it. */
  readonly folder: string;
  /** The JSON file. */
  readonly file: CaseFile;
  /** Names of the stored tensors. */
  readonly names: readonly string[];
  /** A stored tensor; an absent one is an error. */
  stored(key: string): Numbers;
  /** Whether a tensor is stored. */
  has(key: string): boolean;
  /** An input: stored, or made as its entry says. */
  input(name: string): Numbers;
}
