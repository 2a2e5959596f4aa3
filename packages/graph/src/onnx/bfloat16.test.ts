/** BFLOAT16 is read as float32, wherever its numbers lie. */
import { TensorProto_DataLocation, TensorProto_DataType } from "onnx-buf";
import { expect, it } from "vitest";
import { graphFromOnnx } from "./read.js";
import { caught, evaluated, model, type Written } from "./read.test-support.js";

/** 1.5, −2 and 2⁻¹⁰ by their bits. */
const bits = [0x3fc0, 0xc000, 0x3a80];
const raw = new Uint8Array(bits.flatMap((one) => [one % 256, one >> 8]));
const tensor = { name: "w", dims: [3n], dataType: TensorProto_DataType.BFLOAT16 };
const multiplied = (w: NonNullable<Written["initializers"]>[number]) =>
  model({
    inputs: { x: [3] },
    initializers: [w],
    nodes: [
      { op: "Cast", in: ["x"], out: ["half"], ints: { to: TensorProto_DataType.BFLOAT16 } },
      { op: "Mul", in: ["half", "w"] },
    ],
  });
const external = {
  ...tensor,
  dataLocation: TensorProto_DataLocation.EXTERNAL,
  externalData: [{ key: "location", value: "w.bin" }],
};

it("holds the same numbers", () => {
  for (const found of [
    graphFromOnnx(multiplied({ ...tensor, rawData: raw })),
    graphFromOnnx(multiplied({ ...tensor, int32Data: bits })),
    graphFromOnnx(multiplied(external), { externalData: () => raw }),
  ]) {
    expect(found.graph.outputs["y"]?.dtype).toBe("float32");
    expect([...(evaluated(found, { x: [2, 3, 1024] })["y"] ?? [])]).toEqual([3, -6, 1]);
  }
});

it("is refused where it is cut short, or would have to be read in place", () => {
  expect(caught(multiplied({ ...tensor, rawData: raw.subarray(1) })).message).toMatch(
    /"w" is BFLOAT16 \[3\], which takes 6 bytes; the file holds 5/,
  );
  expect(caught(multiplied(external)).message).toMatch(/BFLOAT16 in another file.*options\.externalData/);
});
