/** Files that a page was given: of weights only the header is read when they are opened. */
import { bfloat16ToFloat32, type PlainTensor, type StoredParameter } from "@foley-control/core";
import { expect, test, vi } from "vitest";
import { openWeights } from "./web.js";
import { writeSafetensors } from "./write.js";

const tensors: Readonly<Record<string, PlainTensor>> = {
  large: { dtype: "float32", shape: [512, 512], data: new Float32Array(512 * 512).fill(0.5) },
  half: { dtype: "float16", shape: [3], data: Uint16Array.of(0x3c00, 0, 0x8000) },
};

test("each parameter is a stretch of the file, and nothing but the header is read", async () => {
  const file = new File([writeSafetensors(tensors, {}) as Uint8Array<ArrayBuffer>], "model.safetensors");
  const read = vi.spyOn(Blob.prototype, "arrayBuffer");
  try {
    const weights = await openWeights(file);
    const sizes = await Promise.all(read.mock.results.map(async ({ value }) => ((await value) as ArrayBuffer).byteLength));
    expect(Math.max(...sizes)).toBeLessThan(1024);
    expect(weights.names()).toEqual(["half", "large"].sort((a, b) => weights.names().indexOf(a) - weights.names().indexOf(b)));
    for (const [name, { dtype, shape, data }] of Object.entries(tensors)) {
      const { bytes, ...found } = weights.get(name) as StoredParameter;
      expect(found).toEqual({ dtype, shape });
      if (bytes.kind !== "blob") throw new Error(`${name} is ${bytes.kind}`);
      expect(new Uint8Array(await bytes.blob.arrayBuffer())).toEqual(new Uint8Array(data.buffer));
    }
  } finally {
    read.mockRestore();
  }
});

test("bfloat16 stays in the file and is float32 to who asks", async () => {
  const header = JSON.stringify({ x: { dtype: "BF16", shape: [2], data_offsets: [0, 4] } });
  const length = new Uint8Array(8);
  new DataView(length.buffer).setUint32(0, header.length, true);
  const file = new File([length, header, Uint16Array.of(0x3f80, 0xc000)], "model.safetensors");
  const weights = await openWeights(file);
  const { dtype, bytes } = weights.get("x") as StoredParameter;
  expect([dtype, bytes.kind, bytes.kind === "blob" && bytes.bfloat16]).toEqual(["float32", "blob", true]);
  if (bytes.kind === "blob") expect([...bfloat16ToFloat32(new Uint16Array(await bytes.blob.arrayBuffer()))]).toEqual([1, -2]);
});

test("what is stored in another order or type is there as it should be", async () => {
  const header = JSON.stringify({ x: { dtype: "F64", shape: [2], data_offsets: [0, 16] } });
  const length = new Uint8Array(8);
  new DataView(length.buffer).setUint32(0, header.length, true);
  const weights = await openWeights(new Blob([length, header, Float64Array.of(1.5, -2)]));
  const { dtype, bytes } = weights.get("x") as StoredParameter;
  expect(dtype).toBe("float32");
  if (bytes.kind !== "memory") throw new Error(bytes.kind);
  expect([...new Float32Array(bytes.bytes.slice().buffer)]).toEqual([1.5, -2]);
});
