/** Damaged weights files by the thousand, and reading them to the end. Shared by the unit test and `fuzz.ts`. */

import { readFileSync } from "node:fs";
import { createRandom, FoleyError, type Random } from "@foley-control/core";
import { goldenPath } from "@foley-control/golden/node";
import { legacyCheckpoint, pickle, storage, tensor, zipCheckpoint } from "../fixtures/torch-file.js";
import { checkpointFormat } from "../src/checkpoint.js";
import {
  type CheckpointValue,
  isDictionary,
  memoryReader,
  openCheckpointReader,
  openPytorchReader,
  writeSafetensors,
} from "../src/index.js";

/** What came of a damaged file: it could be read, or an error said why not. */
export type Outcome = "read" | "refused";

const golden = (name: string): Uint8Array => new Uint8Array(readFileSync(goldenPath(`metrics/torch-files/${name}`)));

/** Right files, small, of every format. */
function originals(): readonly Uint8Array[] {
  const safetensors = writeSafetensors(
    {
      weight: { dtype: "float32", shape: [2, 3], data: Float32Array.of(1, 2, 3, -4, 0.5, 6) },
      half: { dtype: "float16", shape: [1, 3], data: Uint16Array.of(0x3c00, 0xc000, 0x7bff) },
      count: { dtype: "int64", shape: [], data: BigInt64Array.of(-1n) },
    },
    { note: "x" },
  );
  const files = [
    "zip-mixed.pt",
    "zip-old-archive-root.pth",
    "zip-numpy.pt",
    "legacy-mixed.pth",
    "legacy-flat.pth",
    "legacy-numpy.pth",
  ];
  return [safetensors, ...files.map(golden)];
}

/** Opcodes with room for their operands, and the small operands that make them meaningful. */
const opcodes = [..."(.012FGIJKLMNPQRSTUVXabceghijlopqrstud)}]"].map((character) => character.charCodeAt(0));
const newOpcodes = Array.from({ length: 0x99 - 0x80 }, (_, i) => 0x80 + i);
const names = [
  "ccollections\nOrderedDict\n",
  "ctorch._utils\n_rebuild_tensor_v2\n",
  "cos\nsystem\n",
  "ctorch\nFloatStorage\n",
  "cnumpy\ndtype\n",
];
const pieces: readonly (readonly number[])[] = [
  ...names.map((name) => [...new TextEncoder().encode(name)]),
  storage("0", 4),
  tensor(storage("0", 4), 0, [2, 2], [2, 1]),
  [0x7d, 0x71, 0],
  [0x5d, 0x71, 1],
  [0x68, 0],
  [0x68, 1],
  [0x29],
  [0x4b, 3],
];

/**
 * One damaged file: mostly a right one with a few changes, sometimes a random pickle in a right container.
 *
 * @param seed - of the whole run
 * @param index - of the file in that run; each can be made again alone
 */
export function damagedFile(seed: number, index: number): Uint8Array {
  const random = createRandom(seed, "fuzz", index);
  if (random.chance(0.2)) {
    const program = pickle(Array.from({ length: random.integer(1, 40) }, () => randomOpcode(random)).flat());
    const contents = random.chance(0.2) ? changed(random, program, [program]) : program;
    const bytes = new Uint8Array(16);
    return random.chance(0.5) ? zipCheckpoint(contents, { 0: bytes }) : legacyCheckpoint(contents, [["0", 4, bytes]]);
  }
  const files = (cachedOriginals ??= originals());
  return changed(random, random.pick(files), files);
}

let cachedOriginals: readonly Uint8Array[] | undefined;

function randomOpcode(random: Random): readonly number[] {
  const kind = random.uniform();
  if (kind < 0.4) return random.pick(pieces);
  if (kind < 0.9) return [random.pick(opcodes)];
  return [random.pick(newOpcodes), random.integer(0, 4)];
}

const numbers = [0, 1, 2, 0x7f, 0x80, 0xff, 0x7fff, 0xffff, 0x7fffffff, 0x80000000, 0xffffffff, 2 ** 53, 2 ** 63] as const;

function changed(random: Random, original: Uint8Array, others: readonly Uint8Array[]): Uint8Array {
  let bytes = original.slice();
  for (let change = random.integer(1, 5); change > 0 && bytes.length > 0; change--) {
    const at = random.integer(0, bytes.length);
    const end = Math.min(bytes.length, at + random.integer(1, 32));
    switch (random.integer(0, 9)) {
      case 0:
      case 1:
        bytes[at] = random.integer(0, 256);
        break;
      case 2:
        bytes[at] = (bytes[at] as number) ^ (1 << random.integer(0, 8));
        break;
      case 3: {
        // A number where a length, an offset or a count may be.
        const value = BigInt(random.pick(numbers)) + BigInt(random.integer(-1, 2));
        const size = random.pick([1, 2, 4, 8]);
        for (let i = 0; i < size && at + i < bytes.length; i++) bytes[at + i] = Number((value >> BigInt(8 * i)) & 0xffn);
        break;
      }
      case 4:
        bytes[at] = random.pick(random.chance(0.5) ? opcodes : [...'{}[]":,0123456789-.eE\\ '].map((c) => c.charCodeAt(0)));
        break;
      case 5:
        bytes = Uint8Array.from([...bytes.subarray(0, at), ...bytes.subarray(end)]);
        break;
      case 6:
        bytes = Uint8Array.from([...bytes.subarray(0, end), ...bytes.subarray(at)]);
        break;
      case 7: {
        const other = random.pick(others);
        const from = random.integer(0, other.length);
        bytes = Uint8Array.from([...bytes.subarray(0, at), ...other.subarray(from, from + end - at), ...bytes.subarray(end)]);
        break;
      }
      default:
        if (random.chance(0.2)) bytes = bytes.slice(0, at);
        else bytes.copyWithin(at, random.integer(0, bytes.length), random.integer(0, bytes.length));
    }
  }
  return bytes;
}

/**
 * Reads a file to the end: every value is walked, every tensor decoded.
 *
 * @throws whatever is no FoleyError of a kind that a file may cause: that is a mistake of the reader
 */
export async function readToTheEnd(bytes: Uint8Array): Promise<Outcome> {
  const reader = memoryReader(bytes, "file");
  try {
    if ((await checkpointFormat(reader)) === "pytorch") {
      const checkpoint = await openPytorchReader(reader);
      walk(checkpoint.root);
      for (const { path } of checkpoint.groups()) {
        const { entries, read } = await checkpoint.tensors({ at: path });
        for (const name of entries.keys()) await read(name);
      }
    } else {
      const { entries, load } = await openCheckpointReader(reader);
      const tensors = await load();
      for (const name of entries.keys()) tensors.tensor(name);
    }
    return "read";
  } catch (error) {
    if (FoleyError.isInstance(error) && ["bad-file", "bad-weights", "unsupported"].includes(error.code)) return "refused";
    throw error;
  }
}

/** By recursion, as a user would. */
function walk(value: CheckpointValue): number {
  let count = 1;
  if (isDictionary(value)) for (const [key, item] of value) count += walk(key) + walk(item);
  else if (Array.isArray(value)) for (const item of value as readonly CheckpointValue[]) count += walk(item);
  return count;
}
