/** Safetensors and PyTorch checkpoints: right files with changes, and pickles made of random opcodes. */
import { readFileSync } from "node:fs";
import type { Random } from "@foley-control/core";
import { goldenPath } from "@foley-control/golden/node";
import {
  type CheckpointValue,
  isDictionary,
  memoryReader,
  openCheckpointReader,
  openPytorchReader,
  writeSafetensors,
} from "@foley-control/weights";
import { legacyCheckpoint, pickle, storage, tensor, zipCheckpoint } from "../../../packages/weights/fixtures/torch-file.js";
import { mutated } from "../mutate.js";
import type { Family } from "./family.js";

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

let cached: readonly Uint8Array[] | undefined;

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

function randomOpcode(random: Random): readonly number[] {
  const kind = random.uniform();
  if (kind < 0.4) return random.pick(pieces);
  if (kind < 0.9) return [random.pick(opcodes)];
  return [random.pick(newOpcodes), random.integer(0, 4)];
}

function damaged(random: Random): Uint8Array {
  if (random.chance(0.2)) {
    const program = pickle(Array.from({ length: random.integer(1, 40) }, () => randomOpcode(random)).flat());
    const contents = random.chance(0.2) ? mutated(random, program, { others: [program], meaningful: opcodes }) : program;
    const bytes = new Uint8Array(16);
    return random.chance(0.5) ? zipCheckpoint(contents, { 0: bytes }) : legacyCheckpoint(contents, [["0", 4, bytes]]);
  }
  const files = (cached ??= originals());
  return mutated(random, random.pick(files), { others: files, meaningful: opcodes });
}

/** Checkpoints. */
export const checkpoints: Family = (random) => {
  const bytes = damaged(random);
  const isTorch = bytes[0] === 0x80 || (bytes[0] === 0x50 && bytes[1] === 0x4b);
  return { kind: isTorch ? "PyTorch" : "safetensors", size: bytes.length, run: () => readToTheEnd(bytes, isTorch) };
};

/** Reads a file to the end: every value is walked, every tensor decoded. */
async function readToTheEnd(bytes: Uint8Array, isTorch: boolean): Promise<void> {
  const reader = memoryReader(bytes, "file");
  if (isTorch) {
    const checkpoint = await openPytorchReader(reader);
    walk(checkpoint.root);
    for (const { path } of checkpoint.groups()) {
      const { entries, read } = await checkpoint.tensors({ at: path });
      for (const name of entries.keys()) await read(name);
    }
    return;
  }
  const { entries, load } = await openCheckpointReader(reader);
  const tensors = await load();
  for (const name of entries.keys()) tensors.tensor(name);
}

/** By recursion, as a user would. */
function walk(value: CheckpointValue): number {
  let count = 1;
  if (isDictionary(value)) for (const [key, item] of value) count += walk(key) + walk(item);
  else if (Array.isArray(value)) for (const item of value as readonly CheckpointValue[]) count += walk(item);
  return count;
}
