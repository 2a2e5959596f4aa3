/** Files that are forged, cut or damaged give a clear error and cost nothing. */
import { FoleyError, type Graph } from "@foley-control/core";
import { TensorProto_DataLocation } from "onnx-buf";
import { describe, expect, it } from "vitest";
import { smallDit } from "../testing/dit.js";
import { opCases } from "../testing/op-cases.js";
import { graphFromOnnx } from "./read.js";
import { caught, float32, floats, ints, model } from "./read.test-support.js";
import { toOnnx } from "./write.js";

describe("hostile files", () => {
  const external = (entries: Readonly<Record<string, string>>, dims = [2n]) =>
    model({
      inputs: { x: [2] },
      nodes: [{ op: "Mul", in: ["x", "w"] }],
      initializers: [
        {
          name: "w",
          dims,
          dataType: float32,
          dataLocation: TensorProto_DataLocation.EXTERNAL,
          externalData: Object.entries(entries).map(([key, value]) => ({ key, value })),
        },
      ],
    });
  const exp = [{ op: "Exp", in: ["x"] }];
  const weighted = [{ op: "Mul", in: ["x", "w"] }];
  const bad: Readonly<Record<string, Uint8Array>> = {
    "an empty file": new Uint8Array(0),
    text: new TextEncoder().encode("this is not a model at all"),
    "a negative size of an input": model({ inputs: { x: [-1] }, nodes: exp }),
    "a huge input": model({ inputs: { x: [2 ** 40, 2 ** 40] }, nodes: exp }),
    "a negative size of a weight": model({ nodes: weighted, initializers: [{ ...floats("w", []), dims: [-4n] }] }),
    "a huge weight without data": model({
      nodes: weighted,
      initializers: [{ ...floats("w", []), dims: [2n ** 62n, 2n ** 62n] }],
    }),
    "a weight with too little data": model({ nodes: weighted, initializers: [floats("w", [1, 2], [3])] }),
    "a path upwards": external({ location: "../secret", offset: "0", length: "8" }),
    "a path upwards in the middle": external({ location: "a/../../secret", offset: "0", length: "8" }),
    "an absolute path": external({ location: "/etc/passwd", offset: "0", length: "8" }),
    "a drive": external({ location: "C:\\secret", offset: "0", length: "8" }),
    "a protocol": external({ location: "file://secret", offset: "0", length: "8" }),
    "no path": external({}),
    "a negative offset": external({ location: "w.bin", offset: "-8", length: "8" }),
    "an offset that is no number": external({ location: "w.bin", offset: "0x10", length: "8" }),
    "a wrong length": external({ location: "w.bin", offset: "0", length: "12" }),
    "a range behind the end": external({ location: "w.bin", offset: "8", length: "8" }),
    "a value that is not defined": model({ nodes: [{ op: "Exp", in: ["z"] }] }),
    "a cycle": model({
      nodes: [
        { op: "Exp", in: ["y"], out: ["a"] },
        { op: "Exp", in: ["a"] },
      ],
    }),
    "a value defined twice": model({ nodes: [...exp, { op: "Neg", in: ["x"] }] }),
    "an output that is not defined": model({ nodes: exp, outputs: ["z"] }),
    "an output named twice": model({ nodes: exp, outputs: ["y", "y"] }),
    "a missing input": model({ nodes: [{ op: "Add", in: ["x"] }] }),
    "shapes that do not fit": model({ nodes: [{ op: "MatMul", in: ["x", "x"] }] }),
    "an axis that does not exist": model({ nodes: [{ op: "Softmax", in: ["x"], ints: { axis: 7 } }] }),
    "an Expand to more than memory": model({
      inputs: { x: [1] },
      initializers: [ints("s", [2 ** 30, 2 ** 30])],
      nodes: [{ op: "Expand", in: ["x", "s"] }],
    }),
    "a Range without end": model({
      initializers: [ints("a", [0], []), ints("b", [2 ** 50], []), ints("c", [1], [])],
      nodes: [{ op: "Range", in: ["a", "b", "c"] }],
    }),
    "a Range that is long for nothing": model({
      initializers: [ints("a", [0], []), ints("b", [2 ** 24], []), ints("c", [1], [])],
      nodes: [{ op: "Range", in: ["a", "b", "c"] }],
    }),
    "a Split into more parts than it names": model({
      nodes: [{ op: "Split", in: ["x"], out: ["y"], ints: { axis: 0, num_outputs: 2 ** 40 } }],
    }),
    "a Slice along an axis a thousand times": model({
      initializers: [ints("s", new Array<number>(1000).fill(0))],
      nodes: [{ op: "Slice", in: ["x", "s", "s", "s"] }],
    }),
    "an input of a thousand axes": model({ inputs: { x: new Array<number>(1000).fill(1) }, nodes: exp }),
    "axes named twice": model({ initializers: [ints("a", [0, 0])], nodes: [{ op: "ReduceSum", in: ["x", "a"] }] }),
    "a division of whole numbers by 0": model({
      initializers: [ints("a", [1]), ints("b", [0])],
      nodes: [{ op: "Div", in: ["a", "b"] }],
    }),
    "a row that is not there": model({
      initializers: [ints("a", [1, 2]), ints("b", [2])],
      nodes: [{ op: "Gather", in: ["a", "b"] }],
    }),
    "a Range with a step of 0": model({
      initializers: [ints("a", [0], []), ints("b", [5], []), ints("c", [0], [])],
      nodes: [{ op: "Range", in: ["a", "b", "c"] }],
    }),
  };
  for (const [title, bytes] of Object.entries(bad)) {
    it(`${title} is refused`, () => {
      expect(caught(bytes, { externalData: () => new Uint8Array(12) }).code).toBe("bad-file");
    });
  }

  it("never throws anything but a FoleyError on a file that is cut or damaged", () => {
    const whole = toOnnx(smallDit(1), { external: () => undefined });
    const small = toOnnx(opCases(1)[0]?.graph as Graph);
    // The last field names the op sets, 40 bytes; what comes before cannot be left out.
    for (let end = 0; end < small.length - 40; end++)
      expect(["bad-file", "unsupported"]).toContain(caught(small.slice(0, end)).code);
    for (let i = 0; i < 400; i++) {
      const copy = whole.slice();
      copy[(i * 7919) % copy.length] = (i * 31) % 256;
      try {
        graphFromOnnx(copy);
      } catch (error) {
        expect(FoleyError.isInstance(error), String(error)).toBe(true);
      }
    }
  });

  it("computes each value once, and all of them within a budget", () => {
    // Each node doubles the paths to the first: 2^60 of them.
    const doubling = Array.from({ length: 60 }, (_, i) => ({
      op: "Add",
      in: [`v${i}`, `v${i}`],
      out: [i < 59 ? `v${i + 1}` : "n"],
    }));
    const shaped = [...doubling, { op: "Sub", in: ["n", "n"], out: ["zero"] }, { op: "ConstantOfShape", in: ["zero"] }];
    expect(graphFromOnnx(model({ initializers: [ints("v0", [1])], nodes: shaped })).graph.outputs["y"]?.shape).toEqual([0]);
    const wide = Array.from({ length: 3000 }, (_, i) => ({
      op: "Add",
      in: [`w${i}`, `w${i}`],
      out: [i < 2999 ? `w${i + 1}` : "y"],
    }));
    const started = process.cpuUsage();
    const found = graphFromOnnx(model({ initializers: [ints("w0", new Array<number>(2 ** 16).fill(1))], nodes: wide }));
    const { user } = process.cpuUsage(started);
    expect(user / 1e6).toBeLessThan(5);
    expect(found.graph.outputs["y"]?.shape).toEqual([2 ** 16]);
  });

  it("is not decoded when that would make far more of it", () => {
    const message = (field: number, content: Uint8Array): Uint8Array => {
      const length: number[] = [];
      for (let rest = content.length; ; rest >>>= 7) {
        length.push(rest < 128 ? rest : (rest & 127) | 128);
        if (rest < 128) break;
      }
      return Uint8Array.from([(field << 3) | 2, ...length, ...content]);
    };
    const repeated = (bytes: readonly number[], count: number) =>
      Uint8Array.from({ length: bytes.length * count }, (_, i) => bytes[i % bytes.length] as number);
    const emptyNodes = message(7, repeated([0x0a, 0], 2 ** 19 + 1));
    const sizes = message(7, message(5, message(1, new Uint8Array(2 ** 23 + 1))));
    let deep = new Uint8Array(0);
    for (let i = 0; i < 40; i++) deep = message(1, message(5, message(6, deep))) as Uint8Array<ArrayBuffer>;
    const messages = [emptyNodes, sizes, message(7, deep)].map((bytes) => caught(bytes).message);
    expect(messages).toEqual([
      expect.stringMatching(/more than 524288 nodes/),
      expect.stringMatching(/more than 8388608 bytes of lists/),
      expect.stringMatching(/more than 90 deep/),
    ]);
  });

  it("does not compute what is large, and keeps the size of constants small", () => {
    const bytes = model({
      inputs: { x: [1] },
      initializers: [ints("s", [2 ** 20, 2 ** 10])],
      nodes: [
        { op: "ConstantOfShape", in: ["s"], out: ["c"] },
        { op: "Add", in: ["x", "c"] },
      ],
    });
    expect(graphFromOnnx(bytes).graph.outputs.y?.shape).toEqual([2 ** 20, 2 ** 10]);
  });
});
