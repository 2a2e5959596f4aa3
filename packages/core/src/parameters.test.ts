import { describe, expect, it } from "vitest";
import { FoleyError } from "./errors.js";
import { memoryParameters, mergeParameters, parameterTensor } from "./parameters.js";

const scale = { dtype: "float32", shape: [2], data: Float32Array.of(1, -2) } as const;
const ids = { dtype: "int64", shape: [1, 2], data: BigInt64Array.of(3n, -4n) } as const;

describe("memoryParameters", () => {
  it("keeps order, dtype, shape and little-endian bytes", () => {
    const source = memoryParameters({ scale, ids });
    expect(source.names()).toEqual(["scale", "ids"]);
    expect(source.get("other")).toBeUndefined();
    const stored = source.get("scale");
    expect(stored).toMatchObject({ dtype: "float32", shape: [2] });
    expect(stored?.bytes.kind === "memory" && [...stored.bytes.bytes]).toEqual([0, 0, 128, 63, 0, 0, 0, 192]);
  });

  it("gives back the tensors, unaligned bytes too", () => {
    const source = memoryParameters(new Map([["ids", ids]]));
    expect(parameterTensor("ids", source.get("ids")!)).toEqual(ids);
    const shifted = new Uint8Array(17);
    shifted.set(new Uint8Array(ids.data.buffer), 1);
    const bytes = { kind: "memory", bytes: shifted.subarray(1) } as const;
    expect(parameterTensor("ids", { dtype: "int64", shape: [1, 2], bytes })).toEqual(ids);
    const buffer = Buffer.from(shifted.buffer).subarray(1); // whose slice() is no copy
    expect(parameterTensor("ids", { dtype: "int64", shape: [1, 2], bytes: { kind: "memory", bytes: buffer } })).toEqual(ids);
  });

  it("refuses data that does not fit, and files", () => {
    expect(() => memoryParameters({ scale: { ...scale, shape: [3] } })).toThrow(/scale is float32 \[3\]/);
    expect(() => memoryParameters({ scale: { ...scale, dtype: "float16" } as never })).toThrow(FoleyError);
    const file = { dtype: "float32", shape: [1], bytes: { kind: "file", path: "w.safetensors", offset: 0, length: 4 } } as const;
    expect(() => parameterTensor("w", file)).toThrow(/w\.safetensors/);
  });
});

describe("mergeParameters", () => {
  it("joins sources and refuses doubles", () => {
    const merged = mergeParameters(memoryParameters({ scale }), memoryParameters({ ids }));
    expect(merged.names()).toEqual(["scale", "ids"]);
    expect(merged.get("ids")?.shape).toEqual([1, 2]);
    expect(() => mergeParameters(memoryParameters({ scale }), memoryParameters({ scale }))).toThrow(/scale is in two/);
  });
});
