import { describe, expect, it } from "vitest";
import { FoleyError } from "./errors.js";
import { assertShape, dtypeOfData, elementCount, tensor } from "./tensor.js";

describe("tensor", () => {
  it("keeps the data and infers the dtype", () => {
    const data = new Float32Array(6);
    const value = tensor(["batch", "time", "feature"], [1, 2, 3], data);
    expect(value).toEqual({ dtype: "float32", axes: ["batch", "time", "feature"], shape: [1, 2, 3], data });
    expect(value.data).toBe(data);
    expect(tensor([], [], Int32Array.of(4)).shape).toEqual([]);
    expect(tensor(["x"], [1], Uint8Array.of(1), { dtype: "bool" }).dtype).toBe("bool");
    expect(dtypeOfData(new Uint16Array(1))).toBe("float16");
    expect(elementCount([])).toBe(1);
    expect(elementCount([3, 0])).toBe(0);
  });

  it("refuses shapes that do not fit", () => {
    expect(() => tensor(["time"], [4], new Float32Array(3))).toThrow(/3 elements .* holds 4/);
    expect(() => tensor(["time"], [-1], new Float32Array(0))).toThrow(FoleyError);
    expect(() => tensor(["time"], [1.5], new Float32Array(1))).toThrow(FoleyError);
    expect(() => tensor(["time"], [1, 1] as never, new Float32Array(1))).toThrow(/one integer/);
    expect(() => tensor(["time"], [1], [1] as never)).toThrow(/typed array/);
  });
});

describe("assertShape", () => {
  const value = tensor(["batch", "channel", "time"], [1, 2, 3], new Float32Array(6));
  it("accepts what fits, any size where asked", () => {
    expect(() => assertShape("latents", value, "float32", [1, 2, undefined])).not.toThrow();
  });
  it("names both shapes otherwise", () => {
    expect(() => assertShape("latents", value, "float32", [1, 4, undefined])).toThrow(
      "latents is float32 [1, 2, 3]; expected float32 [1, 4, any].",
    );
    expect(() => assertShape("latents", value, "float16", [1, 2, 3])).toThrow(FoleyError);
    expect(() => assertShape("latents", value, "float32", [1, 2])).toThrow(FoleyError);
    expect(() => assertShape("latents", { ...value, data: new Float32Array(5) }, "float32", [1, 2, 3])).toThrow(/5 elements/);
  });
});
