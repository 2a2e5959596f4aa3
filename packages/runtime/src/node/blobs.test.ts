/** Weights in files that a page was given: read one after the other where the runtime is, whatever type they are stored in. */
import { float32ToFloat16, type ParameterSource, type PlainTensor, type StoredParameter } from "@foley-control/core";
import { describe, expect, test } from "vitest";
import { bindParameters } from "../shared/parameters.js";
import { block, exact, largestDifference, numbersOf, shapes, tensors, useRuntimes, weights, x } from "./block.test-support.js";

const { worker, direct } = useRuntimes();

/** The upper halves of float32. */
const bfloat16 = (values: Float32Array): Uint16Array =>
  Uint16Array.from(new Uint32Array(values.buffer, values.byteOffset, values.length), (word) => word >>> 16);

const encodings = {
  float32: (values: Float32Array) => values.slice(),
  float16: float32ToFloat16,
  bfloat16,
} as const;

/** The tensors one after the other in a file that begins with a byte of something else. */
function inBlob(as: keyof typeof encodings, makeBlob = (parts: BlobPart[]) => new Blob(parts)): ParameterSource {
  const parts = Object.values(tensors).map(({ data }) => encodings[as](data as Float32Array) as ArrayBufferView<ArrayBuffer>);
  const file = makeBlob([Uint8Array.of(7), ...parts]);
  const stored = new Map<string, StoredParameter>();
  let at = 1;
  for (const [i, name] of Object.keys(tensors).entries()) {
    const length = parts[i]?.byteLength ?? 0;
    const bytes = { kind: "blob", blob: file.slice(at, at + length), bfloat16: as === "bfloat16" } as const;
    stored.set(name, { dtype: as === "float16" ? "float16" : "float32", shape: shapes[name as keyof typeof shapes], bytes });
    at += length;
  }
  return { names: () => [...stored.keys()], get: (name) => stored.get(name) };
}

describe("weights in blobs", () => {
  test("give the same bits as in memory, in the worker and here", async () => {
    const run = async (runtime: typeof worker, source: ParameterSource): Promise<Readonly<Record<string, PlainTensor>>> => {
      await using executable = await runtime.load(block(), source);
      return executable.run({ x });
    };
    const expected = await run(direct, weights);
    expect(await run(direct, inBlob("float32"))).toEqual(expected);
    expect(await run(worker, inBlob("float32"))).toEqual(expected);
  });

  test.each(["float16", "bfloat16"] as const)("stored as %s they are widened", async (as) => {
    await using executable = await worker.load(block(), inBlob(as));
    const error = largestDifference(numbersOf((await executable.run({ x }))["y"]), exact["y"]?.data as Float64Array);
    expect(error).toBeGreaterThan(1e-6);
    expect(error).toBeLessThan(as === "float16" ? 3e-3 : 5e-2);
  });

  test("cross to the worker as references, of the length that the graph expects", () => {
    const { parameters, transfer, weightBytes } = bindParameters(block(), inBlob("bfloat16"), true);
    expect(transfer).toEqual([]);
    expect(parameters.every(({ bytes }) => "blob" in bytes && bytes.bfloat16)).toBe(true);
    expect(weightBytes).toBe(4 * parameters.reduce((sum, { bytes }) => sum + ("blob" in bytes ? bytes.blob.size / 2 : 0), 0));
    const short = inBlob("float32");
    const cut: ParameterSource = {
      ...short,
      get: (name) => {
        const one = short.get(name);
        return one?.bytes.kind === "blob" ? { ...one, bytes: { ...one.bytes, blob: one.bytes.blob.slice(1) } } : one;
      },
    };
    expect(() => bindParameters(block(), cut, true)).toThrow(/but has \d+ bytes/);
  });

  test("a file that is gone says so", async () => {
    const gone = inBlob("float32");
    for (const name of gone.names()) {
      const { bytes } = gone.get(name) as StoredParameter;
      if (bytes.kind === "blob") bytes.blob.arrayBuffer = () => Promise.reject(new Error("NotReadableError"));
    }
    await expect(direct.load(block(), gone)).rejects.toMatchObject({
      code: "bad-file",
      message: expect.stringContaining("cannot be read any more"),
    });
  });
});
