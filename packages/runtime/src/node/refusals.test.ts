/** Inputs, weights, graphs and options that do not fit. */
import { FoleyError, memoryParameters } from "@foley-control/core";
import { graph, input, ops } from "@foley-control/graph";
import { describe, expect, test } from "vitest";
import { nodeRuntime } from "../node.js";
import { block, tensors, useRuntimes, weights, width, x } from "./block.test-support.js";

const { worker } = useRuntimes();

describe("what is wrong is said by name", () => {
  test("inputs", async () => {
    await using executable = await worker.load(block(), weights);
    await expect(executable.run({})).rejects.toThrow(/input "x" of the graph "block" is missing. It is float32 \[2, 5, 24\]/);
    await expect(executable.run({ x, z: x })).rejects.toThrow(/no input "z". Its inputs are x/);
    await expect(executable.run({ x: { ...x, shape: [10, width] } })).rejects.toThrow(
      /"x".*is float32 \[10, 24\], expected float32 \[2, 5, 24\]/,
    );
    await expect(executable.run({ x: { ...x, data: new Float32Array(3) } })).rejects.toThrow(/"x".*has 3 elements/);
    await expect(executable.run({ x: { dtype: "int32", shape: x.shape, data: new Int32Array(240) } })).rejects.toMatchObject({
      code: "shape-mismatch",
    });
  });

  test("weights", async () => {
    const { "norm.weight": _, "up.bias": __, ...rest } = tensors;
    await expect(worker.load(block(), memoryParameters(rest))).rejects.toThrow(
      /lack 2 of the 4 parameters of "block": "norm.weight", "up.bias"/,
    );
    const turned = memoryParameters({
      ...tensors,
      "up.weight": { dtype: "float32", shape: [width, 96], data: tensors["up.weight"]?.data as Float32Array },
    });
    await expect(worker.load(block(), turned)).rejects.toThrow(
      /"up.weight" has the shape \[24, 96\] in the weights, the graph expects \[96, 24\]/,
    );
    const whole = memoryParameters({ ...tensors, "up.bias": { dtype: "int32", shape: [96], data: new Int32Array(96) } });
    await expect(worker.load(block(), whole)).rejects.toThrow(/"up.bias" is int32 in the weights, the graph expects float32/);
  });

  test("a graph that ONNX Runtime refuses", async () => {
    const q = input("q", [1, 4, 6]);
    const broken = graph("broken", [q], {
      y: { ...ops.relu(q), node: { op: "NoSuchOp", inputs: [q], attributes: {}, outputs: [] } },
    });
    await expect(worker.load(broken)).rejects.toThrow(Error);
  });

  test("options", () => {
    const refused = (action: () => unknown, message: RegExp) => {
      expect(action).toThrow(message);
      expect(action).toThrow(FoleyError);
    };
    refused(() => nodeRuntime({ device: "gpu" as "cpu" }), /device is "gpu", expected one of auto, cpu, webgpu, cuda/);
    refused(() => nodeRuntime({ threads: 0 }), /threads is 0/);
    refused(() => nodeRuntime({ threads: 1.5 }), /threads is 1.5/);
    refused(() => nodeRuntime({ ort: {} as never }), /cannot be handed to a worker/);
    refused(() => nodeRuntime({ gpu: -1 }), /gpu is -1/);
  });

  test.skipIf(process.platform !== "linux")("cuda without its libraries: which, where, and how to get them", async () => {
    const runtime = nodeRuntime({ device: "cuda" });
    await expect(runtime.capabilities()).rejects.toMatchObject({
      code: "device-unavailable",
      message: expect.stringMatching(/libonnxruntime_providers_cuda\.so.*NuGet|"cuda" does not exist/),
    });
    await runtime.dispose();
  });
});
