/**
 * One golden case: a JSON file that says what is fed and what is expected, and a safetensors file with the numbers. The format
 * is described in the README beside the cases (numbers of stable-audio-tools, transformers and facebookresearch/vjepa2).
 */
import { existsSync, readFileSync } from "node:fs";
import { basename, dirname, join } from "node:path";
import type { PlainTensor } from "@foley-control/core";
import { crc32, hash } from "./hash.js";
import { type Synth, synthesise } from "./synth.js";

/** An array of numbers with its sizes. */
export interface Numbers {
  /** Sizes per axis. */
  readonly shape: readonly number[];
  /** The elements, row-major. */
  readonly data: Float32Array<ArrayBuffer> | Float64Array<ArrayBuffer>;
}

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

/** Largest allowed differences; where a limit is absent it does not apply. */
export interface Limits {
  /** Largest difference of one element. */
  readonly maxAbs?: number | undefined;
  /** ‖mine − reference‖ / ‖reference‖. */
  readonly relL2?: number | undefined;
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
  readonly weights?: string | Readonly<Record<string, Formula | Listed>>;
  /** What is fed. */
  readonly inputs: Readonly<
    Record<
      string,
      Partial<Formula> & {
        readonly shape: readonly number[];
        readonly stored?: string;
        readonly synth?: Synth | readonly Synth[];
      }
    >
  >;
  /** What is expected. */
  readonly outputs: Readonly<Record<string, Output>>;
  /** General limits, and limits of single outputs by name. */
  readonly tolerance: Limits & Readonly<Record<string, unknown>>;
  // biome-ignore lint/suspicious/noExplicitAny: as above.
  readonly [further: string]: any;
}

/** One expected tensor. */
export interface Output {
  /** Sizes per axis of the whole tensor. */
  readonly shape: readonly number[];
  /** The stored part: start, stop and step per axis, or of all elements in order. */
  readonly slice?: readonly (readonly [number, number, number])[] | FlatSlice;
}

/** Every `stride`-th element of the flattened tensor, from `offset` on. */
export interface FlatSlice {
  readonly kind: "flat";
  readonly offset: number;
  readonly stride: number;
}

/** A case on disk. */
export interface GoldenCase {
  /** Name in reports. */
  readonly name: string;
  /** Folder of the file; checkpoints lie beside it. */
  readonly folder: string;
  /** The JSON file. */
  readonly file: CaseFile;
  /** A stored tensor; an absent one is an error. */
  stored(key: string): Numbers;
  /** Whether a tensor is stored. */
  has(key: string): boolean;
  /** An input: stored, or made by its formula. */
  input(name: string): Numbers;
}

/** Reads a case. */
export function readCase(path: string): GoldenCase {
  const folder = dirname(path);
  const file = JSON.parse(readFileSync(path, "utf8")) as CaseFile;
  const tensors = path.replace(/\.json$/, ".safetensors");
  const stored = existsSync(tensors) ? readNumbers(tensors) : undefined;
  const read = (key: string): Numbers => {
    const found = stored?.(key);
    if (!found) throw new Error(`${basename(tensors)} has no tensor "${key}".`);
    return found;
  };
  return {
    name: file.case,
    folder,
    file,
    stored: read,
    has: (key) => stored?.(key) !== undefined,
    input(name) {
      const entry = file.inputs[name];
      if (!entry) throw new Error(`The case has no input "${name}".`);
      if (entry.stored !== undefined) return read(entry.stored);
      if (entry.synth !== undefined) return { shape: entry.shape, data: synthesised([entry.synth].flat()) };
      if (entry.amp === undefined) return read(`in.${name}`);
      return { shape: entry.shape, data: formula(`input:${name}`, entry as Formula, entry.seed ?? file.caseSeed ?? 1) };
    },
  };
}

/** Path of a checkpoint or folder that a case names, relative to the case. */
export function besideCase(golden: GoldenCase, name: string): string {
  const path = join(golden.folder, name);
  if (!existsSync(path)) throw new Error(`The case needs ${name} beside it, and it is not there.`);
  return path;
}

/** Rows of synthesised samples, one below the other, in −1..1. */
function synthesised(rows: readonly Synth[]): Float32Array<ArrayBuffer> {
  const parts = rows.map(synthesise);
  const data = new Float32Array(parts.reduce((total, part) => total + part.length, 0));
  let at = 0;
  for (const part of parts) for (const sample of part) data[at++] = sample / 32768;
  return data;
}

/** A short list as numbers to compare. */
export const numbers = (values: ArrayLike<number>): Numbers => ({ shape: [values.length], data: Float64Array.from(values) });

/** Numbers of a tensor, from its place `first` on: a hash of its name and of each place, scaled. */
export function formula(name: string, { shape, amp, offset }: Formula, seed: number, first = 0): Float32Array<ArrayBuffer> {
  const data = new Float32Array(shape.reduce((product, size) => product * size, 1));
  const start = (crc32(name) ^ seed) + first;
  for (let i = 0; i < data.length; i++) {
    data[i] = Math.fround(((hash(i + start) >>> 8) / 2 ** 23 - 1) * amp) + offset;
  }
  return data;
}

/** Every tensor of a table of formulas and lists; other entries (constants "as built") are left out. */
export function formulaWeights(golden: GoldenCase): Record<string, PlainTensor<"float32">> {
  const table = golden.file.weights;
  if (typeof table !== "object") throw new Error("The case has no table of weights.");
  const made: Record<string, PlainTensor<"float32">> = {};
  for (const [name, entry] of Object.entries(table)) {
    const { shape } = entry;
    if ("values" in entry) made[name] = { dtype: "float32", shape, data: Float32Array.from(entry.values) };
    else if (entry.amp !== undefined)
      made[name] = { dtype: "float32", shape, data: formula(name, entry, entry.seed ?? golden.file.caseSeed ?? 1) };
  }
  return made;
}

/** The part of a tensor that a case stores. */
export function cut(whole: Numbers, slice: Output["slice"]): Numbers {
  if (!slice) return whole;
  if ("kind" in slice) {
    const data = whole.data.filter((_, i) => i >= slice.offset && (i - slice.offset) % slice.stride === 0);
    return { shape: [data.length], data };
  }
  const sizes = slice.map(([start, stop, step]) => Math.max(0, Math.ceil((stop - start) / step)));
  const data = new Float64Array(sizes.reduce((product, size) => product * size, 1));
  const strides = whole.shape.map((_, axis) => whole.shape.slice(axis + 1).reduce((product, size) => product * size, 1));
  for (let i = 0; i < data.length; i++) {
    let rest = i;
    let at = 0;
    for (let axis = sizes.length - 1; axis >= 0; axis--) {
      const size = sizes[axis] as number;
      const [start, , step] = slice[axis] as readonly [number, number, number];
      at += (start + (rest % size) * step) * (strides[axis] as number);
      rest = Math.floor(rest / size);
    }
    data[i] = whole.data[at] as number;
  }
  return { shape: sizes, data };
}

/** F32 and F64 tensors of a safetensors file, read when asked for. The project's own reader rounds F64; goldens need the bits. */
function readNumbers(path: string): (key: string) => Numbers | undefined {
  const file = readFileSync(path);
  const start = 8 + Number(file.readBigUInt64LE(0));
  const header = JSON.parse(file.subarray(8, start).toString()) as Record<
    string,
    { readonly dtype: string; readonly shape: number[]; readonly data_offsets: readonly [number, number] }
  >;
  return (key) => {
    const entry = Object.hasOwn(header, key) ? header[key] : undefined;
    if (!entry) return undefined;
    const { buffer } = Uint8Array.from(file.subarray(start + entry.data_offsets[0], start + entry.data_offsets[1]));
    switch (entry.dtype) {
      case "F32":
        return { shape: entry.shape, data: new Float32Array(buffer) };
      case "F64":
        return { shape: entry.shape, data: new Float64Array(buffer) };
      case "I64":
        return { shape: entry.shape, data: Float64Array.from(new BigInt64Array(buffer), Number) };
      case "U8":
        return { shape: entry.shape, data: Float64Array.from(new Uint8Array(buffer)) };
      default:
        throw new Error(`${basename(path)}: tensors of type ${entry.dtype} are not read.`);
    }
  };
}
