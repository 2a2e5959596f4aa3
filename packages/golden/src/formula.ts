/**
 * The formula that weights and inputs of cases are made by, so that none of them need to lie anywhere. With uint32 arithmetic, for
 * a tensor NAME at flat place i: `s = crc32(NAME) xor seed; h = i + s; h ^= h>>16; h *= 0x7feb352d; h ^= h>>15; h *= 0x846ca68b;
 * h ^= h>>16`, `u = (h>>8)/2^23 − 1`, and the value is f32(f32(u·amp) + offset).
 */
import { crc32, hash } from "./hash.js";
import { type GoldenTensor, sizeOf } from "./numbers.js";

/** How the numbers of a tensor are made: amp·(hash of name and place in −1..1) + offset. */
export interface Formula {
  /** Sizes per axis. */
  readonly shape: readonly number[];
  /** Half the range. */
  readonly amp: number;
  /** Middle of the range. */
  readonly offset: number;
  /** Seed of the hash. Default: the case's. */
  readonly seed?: number;
}

/** The numbers of a tensor as they are, where no formula made them. */
export interface Listed {
  /** Sizes per axis. */
  readonly shape: readonly number[];
  /** The elements, row-major. */
  readonly values: readonly number[];
}

/** Formulas and lists by the name of the tensor; an entry that is neither (a constant "as built") stands for itself. */
export type WeightTable = Readonly<Record<string, Formula | Listed>>;

/** Where formulas find their seed: a case, or the table of a model. */
export interface Seeded {
  /** Seed of all formulas without one of their own. */
  readonly caseSeed?: number;
}

/** The seed of a formula: its own, or the case's. A seed that nobody states is an error, never a number of ours. */
export function seedOf(name: string, { seed }: { readonly seed?: number }, { caseSeed }: Seeded): number {
  const found = seed ?? caseSeed;
  if (found === undefined) throw new Error(`Neither "${name}" nor its case states a seed.`);
  return found;
}

/** Numbers of a tensor, from its place `first` on: a hash of its name and of each place, scaled. */
export function formula(name: string, { shape, amp, offset }: Formula, seed: number, first = 0): Float32Array<ArrayBuffer> {
  const data = new Float32Array(sizeOf(shape));
  const start = (crc32(name) ^ seed) + first;
  for (let i = 0; i < data.length; i++) {
    data[i] = Math.fround(((hash(i + start) >>> 8) / 2 ** 23 - 1) * amp) + offset;
  }
  return data;
}

/** One tensor of a table; `undefined` for a constant "as built". */
export function tensorOf(name: string, entry: Formula | Listed, seeded: Seeded): GoldenTensor | undefined {
  const { shape } = entry;
  if ("values" in entry) return { dtype: "float32", shape, data: Float32Array.from(entry.values) };
  if (entry.amp === undefined) return undefined;
  return { dtype: "float32", shape, data: formula(name, entry, seedOf(name, entry, seeded)) };
}

/** Every tensor of a table; constants "as built" are left out. */
export function formulaWeights(table: Seeded & { readonly weights?: WeightTable | string }): Record<string, GoldenTensor> {
  const { weights } = table;
  if (typeof weights !== "object") throw new Error("The case has no table of weights.");
  return Object.fromEntries(
    Object.entries(weights).flatMap(([name, entry]) => {
      const made = tensorOf(name, entry, table);
      return made ? [[name, made] as const] : [];
    }),
  );
}
