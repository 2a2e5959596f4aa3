/** Small models from elsewhere, each with inputs and the right outputs: the import means what the standard means, here and in the runtime. */
import { readFileSync } from "node:fs";
import { type DType, elementCount, typedArrayOf } from "@foley-control/core";
import { describe, expect, it } from "vitest";
import { evaluate } from "../evaluate.js";
import * as f from "../ops/functions.js";
import { differentiate, gradientName } from "../passes/differentiate.js";
import { runOnnx } from "../testing/onnx-runtime.js";
import { graph, parametersOf } from "../value.js";
import { graphFromOnnx } from "./read.js";
import { weightsOf } from "./read.test-support.js";
import { toOnnx } from "./write.js";

interface Numbers {
  readonly dtype: string;
  readonly shape: readonly number[];
  /** Little-endian elements in base64. */
  readonly b: string;
}
interface Case {
  readonly file: string;
  readonly inputs: Readonly<Record<string, Numbers>>;
  readonly outputs: Readonly<Record<string, Numbers>>;
  readonly note: string;
}

const folder = new URL("../../fixtures/onnx-semantics/", import.meta.url);
const cases = JSON.parse(readFileSync(new URL("index.json", folder), "utf8")) as readonly Case[];
const dtypes: Readonly<Record<string, DType>> = { FLOAT: "float32", INT64: "int64", UINT8: "uint8" };
const numbersOf = ({ dtype, b }: Numbers) =>
  Array.from(typedArrayOf(dtypes[dtype] as DType, Buffer.from(b, "base64")) as ArrayLike<number | bigint>, Number);
const bytesOf = (file: string) => new Uint8Array(readFileSync(new URL(file, folder)));

describe("models from elsewhere", () => {
  for (const { file, inputs, outputs, note } of cases) {
    it(`${file}: ${note.split(":")[0]}`, async () => {
      const found = graphFromOnnx(bytesOf(file));
      const feeds = {
        ...weightsOf(found),
        ...Object.fromEntries(Object.entries(inputs).map(([name, one]) => [name, numbersOf(one)])),
      };
      const results = evaluate(found.graph, feeds);
      const everything = { ...found.graph, inputs: [...found.graph.inputs, ...parametersOf(found.graph).values()] };
      const run = await runOnnx(toOnnx(found.graph), everything, feeds);
      for (const [name, right] of Object.entries(outputs)) {
        const { shape, dtype } = found.graph.outputs[name] ?? {};
        expect({ shape, dtype }).toEqual({ shape: right.shape, dtype: dtypes[right.dtype] });
        const numbers = numbersOf(right);
        expect(numbers).toHaveLength(elementCount(right.shape));
        for (const got of [Array.from(results[name]?.data ?? []), run[name] ?? []]) {
          expect(got).toHaveLength(numbers.length);
          for (const [i, value] of got.entries()) expect(Math.abs(value - (numbers[i] as number))).toBeLessThan(1e-6);
        }
      }
    });
  }

  it("11-reducemax-gradient.onnx: the gradient reaches the largest", () => {
    const { graph: read, weights } = graphFromOnnx(bytesOf("11-reducemax-gradient.onnx"));
    const y = read.outputs["y"] as NonNullable<(typeof read.outputs)[string]>;
    const result = evaluate(differentiate(graph("loss", read.inputs, { loss: f.sum(y, [0]) }), "loss", ["w"]), {
      ...weightsOf({ graph: read, weights }),
      x: [1, 2, 3, 4, 5, 6],
    });
    expect([...(result[gradientName("w")]?.data ?? [])]).toEqual([0, 0, 3, 0, 0, 6]);
  });
});
