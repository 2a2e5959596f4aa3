/**
 * Counter-based random numbers: Philox-4x32-10 (Salmon et al., "Parallel random numbers: as easy as 1, 2, 3", SC 2011).
 * Every number of the project is keyed by (seed, stream, index), so results do not depend on order, threads or resume.
 *
 * Layout of one block: the key is the seed (64 bits, low word first); counter words 0 and 1 are the block index, words 2
 * and 3 the 64-bit FNV-1a hash of the stream parts. Word `i` of a stream is word `i mod 4` of block `i div 4`.
 *
 * Normal numbers are bit-identical in every engine: they use + - * / and sqrt only, see `normal.ts`.
 */

import { FoleyError } from "./errors.js";
import { normalFromWord } from "./normal.js";
import { assertKind, shown } from "./shown.js";

/** One part of the name of a stream. `1` and `"1"` name different streams. */
export type StreamPart = string | number;

/** Sequential view of one stream. Two with the same key give the same numbers. */
export interface Random {
  /** Uniform in [0, 1), 32 bits. Uses one word. */
  uniform(): number;
  /** Uniform in [low, high). Uses one word. Throws when the bounds are not finite or `high < low`. */
  range(low: number, high: number): number;
  /** Uniform integer in [low, high), at most 2³² values, bias below 2⁻³² per value. Uses one word. */
  integer(low: number, high: number): number;
  /** Standard normal, within ±6.4. Uses one word. */
  normal(): number;
  /** One element. Throws on an empty list. Uses one word. */
  pick<T>(items: readonly T[]): T;
  /** True with the given probability. Uses one word. */
  chance(probability: number): boolean;
  /**
   * An independent stream derived from this one's key, whatever was drawn from this one:
   * `createRandom(s, "a").fork("b")` is `createRandom(s, "a", "b")`. Needs at least one part.
   */
  fork(...stream: readonly StreamPart[]): Random;
}

/** A stream's 128 fixed bits: the key words (seed) and the counter words 2 and 3 (hash of the stream). */
interface StreamKey {
  readonly seedLow: number;
  readonly seedHigh: number;
  readonly hashLow: number;
  readonly hashHigh: number;
}

/** One Philox-4x32-10 block: 4 counter words, 2 key words → 4 random words (all uint32). */
export function philox4x32(
  counter: readonly [number, number, number, number],
  key: readonly [number, number],
): [number, number, number, number] {
  const block = new Uint32Array(4);
  philoxInto(block, counter[0], counter[1], counter[2], counter[3], key[0], key[1]);
  return [block[0] as number, block[1] as number, block[2] as number, block[3] as number];
}

/**
 * A stream of random numbers. The same seed and stream give the same numbers on every machine.
 *
 * @param seed - An integer; taken modulo 2⁶⁴ (two's complement). `1` and `1n` are the same seed.
 * @param stream - Names and finite numbers that tell this use from all others, e.g. `"noise", step`.
 * @throws FoleyError `invalid-argument` when the seed is not a safe integer or a part is not finite.
 */
export function createRandom(seed: number | bigint, ...stream: readonly StreamPart[]): Random {
  return new PhiloxRandom(streamKey(seed, stream));
}

/**
 * `count` standard normal numbers; entry `i` is the `i`-th `createRandom(seed, ...stream).normal()`, rounded to float32.
 * Below 100 ns per number once warm.
 */
export function normalArray(seed: number | bigint, stream: readonly StreamPart[], count: number): Float32Array {
  assertKind("stream", stream, "list", 'Pass the seed, then a list such as ["start"], then the count.');
  const result = new Float32Array(checkedCount(count));
  forEachWord(streamKey(seed, stream), result, normalFromWord);
  return result;
}

/** `count` uniform numbers in [0, 1): the upper 24 bits of each word, so that every value is exact in float32. */
export function uniformArray(seed: number | bigint, stream: readonly StreamPart[], count: number): Float32Array {
  assertKind("stream", stream, "list", 'Pass the seed, then a list such as ["start"], then the count.');
  const result = new Float32Array(checkedCount(count));
  forEachWord(streamKey(seed, stream), result, (word) => (word >>> 8) / 0x1000000);
  return result;
}

class PhiloxRandom implements Random {
  readonly #key: StreamKey;
  readonly #words = new Uint32Array(4);
  #block = 0;
  #used = 4;

  constructor(key: StreamKey) {
    this.#key = key;
  }

  #word(): number {
    if (this.#used === 4) {
      const { seedLow, seedHigh, hashLow, hashHigh } = this.#key;
      const block = this.#block++;
      philoxInto(this.#words, block >>> 0, Math.floor(block / 0x100000000), hashLow, hashHigh, seedLow, seedHigh);
      this.#used = 0;
    }
    return this.#words[this.#used++] as number;
  }

  uniform(): number {
    return this.#word() / 0x100000000;
  }

  range(low: number, high: number): number {
    if (!Number.isFinite(low) || !Number.isFinite(high) || high < low) {
      throw new FoleyError("invalid-argument", `range(${low}, ${high}) needs finite bounds with low ≤ high.`);
    }
    const value = low + (high - low) * this.uniform();
    return value < high ? value : low;
  }

  integer(low: number, high: number): number {
    const size = high - low;
    if (!Number.isSafeInteger(low) || !Number.isSafeInteger(high) || size < 1 || size > 0x100000000) {
      throw new FoleyError("invalid-argument", `integer(${low}, ${high}) needs integers with 1 to 2^32 values between them.`);
    }
    return low + Math.floor(this.uniform() * size);
  }

  normal(): number {
    return normalFromWord(this.#word());
  }

  pick<T>(items: readonly T[]): T {
    if (items.length === 0) {
      throw new FoleyError("invalid-argument", "pick was given an empty list.", { hint: "Give at least one element." });
    }
    return items[this.integer(0, items.length)] as T;
  }

  chance(probability: number): boolean {
    if (!(probability >= 0 && probability <= 1)) {
      throw new FoleyError("invalid-argument", `chance(${probability}) needs a probability from 0 to 1.`);
    }
    return this.uniform() < probability;
  }

  fork(...stream: readonly StreamPart[]): Random {
    if (stream.length === 0) {
      throw new FoleyError("invalid-argument", "fork was given no stream part, which would repeat this stream.", {
        hint: 'Name the new stream, e.g. fork("noise").',
      });
    }
    return new PhiloxRandom({ ...this.#key, ...hashStream(stream, this.#key) });
  }
}

function streamKey(seed: number | bigint, stream: readonly StreamPart[]): StreamKey {
  if (typeof seed !== "bigint" && !Number.isSafeInteger(seed)) {
    throw new FoleyError("invalid-argument", `The seed ${String(seed)} is not a safe integer.`, {
      hint: "Give an integer, or a bigint for all 64 bits.",
    });
  }
  const bits = BigInt.asUintN(64, BigInt(seed));
  const seedLow = Number(bits & 0xffffffffn);
  const seedHigh = Number(bits >> 32n);
  return { seedLow, seedHigh, ...hashStream(stream, { hashLow: 0x84222325, hashHigh: 0xcbf29ce4 }) };
}

/**
 * FNV-1a, 64 bits, over the parts in order; each part is a type byte ("n" or "s"), its length in UTF-16 units (4 bytes),
 * and those units (2 bytes each), all little-endian. Numbers are hashed as their decimal form.
 */
function hashStream(
  stream: readonly StreamPart[],
  start: Pick<StreamKey, "hashLow" | "hashHigh">,
): Pick<StreamKey, "hashLow" | "hashHigh"> {
  let { hashLow, hashHigh } = start;
  const feed = (byte: number): void => {
    // The prime is 2^40 + 435, so that the product splits into a shift and two products that are exact in a double.
    hashLow = (hashLow ^ byte) >>> 0;
    const product = hashLow * 435;
    hashHigh = (hashHigh * 435 + Math.floor(product / 0x100000000) + ((hashLow << 8) >>> 0)) % 0x100000000;
    hashLow = product % 0x100000000;
  };
  for (const part of stream) {
    if (typeof part === "number" && !Number.isFinite(part)) {
      throw new FoleyError("invalid-argument", `The stream part ${part} is not finite.`, {
        hint: "Pass names and finite numbers.",
      });
    }
    const text = String(part);
    feed(typeof part === "number" ? 0x6e : 0x73);
    for (let shift = 0; shift < 32; shift += 8) feed((text.length >>> shift) & 0xff);
    for (let i = 0; i < text.length; i++) {
      const unit = text.charCodeAt(i);
      feed(unit & 0xff);
      feed(unit >>> 8);
    }
  }
  return { hashLow, hashHigh };
}

function checkedCount(count: number): number {
  if (!Number.isSafeInteger(count) || count < 0) {
    throw new FoleyError("invalid-argument", `count is ${shown(count)}; it must be an integer of at least 0.`, {
      hint: "Pass how many numbers are wanted, last.",
    });
  }
  return count;
}

/** `result[i] = convert(word i of the stream)`. */
function forEachWord(key: StreamKey, result: Float32Array, convert: (word: number) => number): void {
  const words = new Uint32Array(4);
  for (let start = 0, block = 0; start < result.length; start += 4, block++) {
    philoxInto(words, block >>> 0, Math.floor(block / 0x100000000), key.hashLow, key.hashHigh, key.seedLow, key.seedHigh);
    const end = Math.min(start + 4, result.length);
    for (let i = start; i < end; i++) result[i] = convert(words[i - start] as number);
  }
}

/** One block, without allocation. The high half of a 32×32-bit product is put together from 16-bit halves. */
function philoxInto(out: Uint32Array, c0: number, c1: number, c2: number, c3: number, k0: number, k1: number): void {
  for (let round = 0; round < 10; round++) {
    const high0 = multiplyHigh(0xd251, 0x1f53, c0);
    const low0 = Math.imul(0xd2511f53, c0);
    const high1 = multiplyHigh(0xcd9e, 0x8d57, c2);
    const low1 = Math.imul(0xcd9e8d57, c2);
    c0 = high1 ^ c1 ^ k0;
    c1 = low1;
    c2 = high0 ^ c3 ^ k1;
    c3 = low0;
    k0 = (k0 + 0x9e3779b9) | 0;
    k1 = (k1 + 0xbb67ae85) | 0;
  }
  out[0] = c0;
  out[1] = c1;
  out[2] = c2;
  out[3] = c3;
}

/** High 32 bits of (aHigh·2¹⁶ + aLow)·b; every partial sum stays below 2³². */
function multiplyHigh(aHigh: number, aLow: number, b: number): number {
  const bHigh = b >>> 16;
  const bLow = b & 0xffff;
  const middle = ((Math.imul(aHigh, bLow) >>> 0) + (Math.imul(aLow, bLow) >>> 16)) | 0;
  const middle2 = (Math.imul(aLow, bHigh) + (middle & 0xffff)) | 0;
  return (Math.imul(aHigh, bHigh) + (middle >>> 16) + (middle2 >>> 16)) | 0;
}
