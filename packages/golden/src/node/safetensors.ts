/**
 * Numbers of cases on disk. The project's own reader rounds F64, and its writer holds a whole model at once; the numbers of cases
 * are needed to the bit, and tables of formulas describe models larger than memory.
 */
import { readFileSync } from "node:fs";
import { open, rename } from "node:fs/promises";
import { basename } from "node:path";
import { type Seeded, tensorOf, type WeightTable } from "../formula.js";
import { type Numbers, sizeOf } from "../numbers.js";

/** Tensors of a safetensors file, each read when asked for. */
export function readSafetensors(path: string): {
  readonly names: readonly string[];
  readonly get: (key: string) => Numbers | undefined;
} {
  const file = readFileSync(path);
  const start = 8 + Number(file.readBigUInt64LE(0));
  const header = JSON.parse(file.subarray(8, start).toString()) as Record<
    string,
    { readonly dtype: string; readonly shape: number[]; readonly data_offsets: readonly [number, number] }
  >;
  const get = (key: string): Numbers | undefined => {
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
  return { names: Object.keys(header).filter((key) => key !== "__metadata__"), get };
}

/** Writes the tensors of a table as a model's weights, one in memory at a time; beside the file first, then renamed. */
export async function writeFormulaWeights(path: string, table: WeightTable, seeded: Seeded): Promise<void> {
  const made = Object.entries(table).filter(([, entry]) => "values" in entry || entry.amp !== undefined);
  const header: Record<string, unknown> = {};
  let at = 0;
  for (const [name, { shape }] of made) {
    const bytes = 4 * sizeOf(shape);
    header[name] = { dtype: "F32", shape, data_offsets: [at, at + bytes] };
    at += bytes;
  }
  const text = JSON.stringify(header);
  const padded = Buffer.from(text.padEnd(Math.ceil(text.length / 8) * 8));
  const length = Buffer.alloc(8);
  length.writeBigUInt64LE(BigInt(padded.length));
  const file = await open(`${path}.part`, "w");
  try {
    await file.appendFile(length);
    await file.appendFile(padded);
    for (const [name, entry] of made) {
      const tensor = tensorOf(name, entry, seeded);
      if (tensor) await file.appendFile(new Uint8Array(tensor.data.buffer));
    }
    await file.sync();
  } finally {
    await file.close();
  }
  await rename(`${path}.part`, path);
}
