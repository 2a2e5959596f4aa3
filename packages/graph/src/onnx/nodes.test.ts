/** A selection of ONNX's own tests of single nodes (fixtures/onnx-nodes): what is read computes the right numbers, here and in ONNX Runtime. */
import { readFileSync } from "node:fs";
import { type DType, float16ToFloat32, typedArrayOf } from "@foley-control/core";
import { describe, expect, it } from "vitest";
import { evaluate } from "../evaluate.js";
import { runOnnx } from "../testing/onnx-runtime.js";
import { parametersOf } from "../value.js";
import { ONNX_OPSETS_READ, opsRead } from "./importers/table.js";
import { graphFromOnnx } from "./read.js";
import { weightsOf } from "./read.test-support.js";
import { toOnnx } from "./write.js";

interface Numbers {
  readonly name: string;
  readonly dtype: DType;
  readonly shape: readonly number[];
  /** Little-endian elements in base64. */
  readonly b: string;
}
interface Case {
  readonly name: string;
  readonly tolerance: readonly [relative: number, absolute: number];
  readonly model: string;
  readonly inputs: readonly Numbers[];
  readonly outputs: readonly Numbers[];
}

const cases = JSON.parse(
  readFileSync(new URL("../../fixtures/onnx-nodes/cases.json", import.meta.url), "utf8"),
) as readonly Case[];

function numbersOf({ dtype, b }: Numbers): readonly number[] {
  const data = typedArrayOf(dtype, Buffer.from(b, "base64"));
  return Array.from(dtype === "float16" ? float16ToFloat32(data as Uint16Array) : (data as ArrayLike<number | bigint>), Number);
}

describe("ONNX's own tests of single nodes", () => {
  for (const { name, tolerance, model, inputs, outputs } of cases) {
    it(name, async () => {
      const found = graphFromOnnx(Buffer.from(model, "base64"), {
        shapes: Object.fromEntries(inputs.map((one) => [one.name, one.shape])),
      });
      const feeds = { ...weightsOf(found), ...Object.fromEntries(inputs.map((one) => [one.name, numbersOf(one)])) };
      const results = evaluate(found.graph, feeds);
      const everything = { ...found.graph, inputs: [...found.graph.inputs, ...parametersOf(found.graph).values()] };
      const run = await runOnnx(toOnnx(found.graph), everything, feeds);
      for (const right of outputs) {
        const { shape, dtype } = found.graph.outputs[right.name] ?? {};
        expect({ shape, dtype }).toEqual({ shape: right.shape, dtype: right.dtype });
        const numbers = numbersOf(right);
        const near = right.dtype === "float16" ? Math.max(2 ** -9, tolerance[0]) : tolerance[0];
        // What is nearly half a step is rounded the other way in float64.
        const step = right.dtype === "uint8" || right.dtype === "int8" ? 1 : 0;
        for (const [got, far] of [
          [Array.from(results[right.name]?.data ?? []), step],
          [run[right.name] ?? [], 0],
        ] as const) {
          expect(got).toHaveLength(numbers.length);
          const wrong = got.findIndex((value, i) => {
            const wanted = numbers[i] as number;
            return !(
              Object.is(value, wanted) ||
              value === wanted ||
              Math.abs(value - wanted) <= far + tolerance[1] + near * Math.abs(wanted)
            );
          });
          expect({ wrong, got: got[wrong], wanted: numbers[wrong] }).toEqual({ wrong: -1, got: undefined, wanted: undefined });
        }
      }
    });
  }

  it("are there for most ops that are read, which the README names", () => {
    const names = opsRead();
    const readme = readFileSync(new URL("../../README.md", import.meta.url), "utf8").replaceAll("\n", " ");
    const [low, high] = ONNX_OPSETS_READ;
    expect(readme).toContain(
      `Op sets ${low} to ${high} of the standard:  ${names.filter((name) => !name.includes(".")).join(", ")}. `,
    );
    const others = names.filter((name) => name.includes(".")).map((name) => name.replace("com.microsoft.", ""));
    expect(readme).toContain(`Of \`com.microsoft\`:  ${others.join(", ")}. `);
    const tested = new Set(cases.map(({ name }) => name.replace(/^test_|_.*$/g, "")));
    expect(tested.size).toBeGreaterThan(110);
  });
});
