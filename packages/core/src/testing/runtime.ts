/** Conformance of a runtime, on graphs small enough to write by hand. */
import type { PlainTensor, Runtime } from "../contracts/index.js";
import { FoleyError, type FoleyErrorCode } from "../errors.js";
import type { Graph, GraphValue } from "../graph-value.js";
import { memoryParameters } from "../parameters.js";
import {
  type ConformanceCheck,
  type MaybePromise,
  must,
  mustBeEqual,
  mustHaveShape,
  mustIdentify,
  plainCheck,
  relativeDifference,
  withExecutable,
} from "./check.js";

const x: GraphValue = { kind: "input", name: "x", dtype: "float32", shape: [2, 3] };
const weight: GraphValue = { kind: "parameter", name: "layer.weight", dtype: "float32", shape: [3, 2] };
const bias: GraphValue = { kind: "constant", dtype: "float32", shape: [2], data: Float32Array.of(0.5, -1) };

/** y = x·W + b. */
const affine: Graph = {
  name: "affine",
  inputs: [x],
  outputs: { y: apply("Add", [apply("MatMul", [x, weight], [2, 2]), bias], [2, 2]) },
};
const weights = memoryParameters({
  "layer.weight": { dtype: "float32", shape: [3, 2], data: Float32Array.of(1, 2, 3, 4, 5, 6) },
});
const input: PlainTensor<"float32"> = { dtype: "float32", shape: [2, 3], data: Float32Array.of(1, 0, -1, 0.5, 2, 0) };
const expected: PlainTensor<"float32"> = { dtype: "float32", shape: [2, 2], data: Float32Array.of(-3.5, -5, 7, 8) };

/**
 * Checks of {@link Runtime}. Each makes a runtime of its own and disposes of it; the argument of `run` is not used.
 *
 * @param make - Makes a runtime.
 */
export function testRuntime(make: () => MaybePromise<Runtime>): readonly ConformanceCheck[] {
  const check = (name: string, run: (runtime: Runtime) => Promise<void>): ConformanceCheck =>
    plainCheck(name, async () => {
      const runtime = await make();
      try {
        await run(runtime);
      } finally {
        await runtime.dispose();
      }
    });
  return [
    check("says what it is and what it found", async (runtime) => {
      mustIdentify(runtime, "runtime");
      const found = await runtime.capabilities();
      must(found.runtime.length > 0 && found.version.length > 0, "runtime or version is empty.");
      must(Number.isInteger(found.threads) && found.threads >= 1, `threads is ${found.threads}.`);
      must(found.selfTest.passed, `The self-test did not pass (error ${found.selfTest.maxError}).`);
      must(found.devices === undefined, "Every device was tried, and nobody asked for it.");
      const { devices = [] } = await runtime.capabilities({ devices: true });
      const own = devices.find(({ device }) => device === found.device);
      must(own?.available === true, `The device in use, ${found.device}, is not listed as available.`);
      for (const { device, available, reason } of devices) {
        must(available || (reason !== undefined && reason.length > 0), `${device} is not available, without a reason.`);
      }
    }),
    check("computes a graph with weights, the same every time", async (runtime) => {
      await withExecutable(runtime, affine, weights, async (executable) => {
        const { y } = (await executable.run({ x: input })) as { y: PlainTensor };
        mustHaveShape("y", y, "float32", [2, 2]);
        must(relativeDifference(y, expected) < 1e-5, `x·W + b is ${y.data.join(", ")}, not ${expected.data.join(", ")}.`);
        mustBeEqual("The second run", ((await executable.run({ x: input })) as { y: PlainTensor }).y, y);
      });
    }),
    check("keeps outputs on the device, takes them as inputs, and reads them back", async (runtime) => {
      const z: GraphValue = { kind: "input", name: "z", dtype: "float32", shape: [2, 2] };
      const doubled: Graph = { name: "doubled", inputs: [z], outputs: { sum: apply("Add", [z, z], [2, 2]) } };
      await withExecutable(runtime, affine, weights, async (first) => {
        await withExecutable(runtime, doubled, undefined, async (second) => {
          const { y } = await first.runOnDevice({ x: input });
          must(
            y !== undefined && y.location === "device" && y.shape.join() === "2,2",
            "runOnDevice gave no device tensor y of [2, 2].",
          );
          const { sum } = (await second.run({ z: y })) as { sum: PlainTensor };
          const read = await y.read();
          must(relativeDifference(read, expected) < 1e-5, `y reads as ${read.data.join(", ")}.`);
          mustBeEqual("y + y", sum, { ...read, data: (read.data as Float32Array).map((value) => 2 * value) });
          y.dispose();
          y.dispose();
          await mustReject("Reading a disposed tensor", y.read(), ["disposed"]);
        });
      });
    }),
    check("runs several at once without mixing them up", async (runtime) => {
      await withExecutable(runtime, affine, weights, async (executable) => {
        const results = await Promise.all(
          [1, 2, 3, 4].map((factor) => executable.run({ x: { ...input, data: input.data.map((value) => factor * value) } })),
        );
        results.forEach(({ y }, i) => {
          const scaled = expected.data.map(
            (value, j) => (i + 1) * (value - ([0.5, -1][j % 2] as number)) + ([0.5, -1][j % 2] as number),
          );
          must(
            relativeDifference(y as PlainTensor, { ...expected, data: scaled }) < 1e-5,
            `Run ${i} of four gave another's result.`,
          );
        });
      });
    }),
    check("throws the signal's reason when aborted before the start", async (runtime) => {
      const reason = new Error("conformance abort");
      const signal = AbortSignal.abort(reason);
      const thrown = (promise: Promise<unknown>): Promise<unknown> =>
        promise.then(
          () => undefined,
          (error: unknown) => error,
        );
      must((await thrown(runtime.load(affine, weights, { signal }))) === reason, "load did not throw the reason.");
      await withExecutable(runtime, affine, weights, async (executable) => {
        must((await thrown(executable.run({ x: input }, { signal }))) === reason, "run did not throw the reason.");
        must(
          (await thrown(executable.runOnDevice({ x: input }, { signal }))) === reason,
          "runOnDevice did not throw the reason.",
        );
        await executable.run({ x: input });
      });
    }),
    check("refuses missing, unknown and mis-shaped inputs, and names them", async (runtime) => {
      await withExecutable(runtime, affine, weights, async (executable) => {
        await mustReject("A missing input", executable.run({}), ["invalid-argument", "shape-mismatch"], "x");
        await mustReject("An unknown input", executable.run({ x: input, other: input }), ["invalid-argument"], "other");
        const wrong = { ...input, shape: [3, 2] };
        await mustReject("A wrong shape", executable.run({ x: wrong }), ["shape-mismatch"], "x");
        const ids: PlainTensor = { dtype: "int64", shape: [2, 3], data: new BigInt64Array(6) };
        await mustReject("A wrong dtype", executable.run({ x: ids }), ["shape-mismatch"], "x");
      });
    }),
    check("refuses missing and mis-shaped weights, and names them", async (runtime) => {
      await mustReject(
        "Loading without a parameter",
        runtime.load(affine, memoryParameters({})),
        ["bad-weights"],
        "layer.weight",
      );
      const wrong = memoryParameters({ "layer.weight": { dtype: "float32", shape: [2, 3], data: new Float32Array(6) } });
      await mustReject(
        "Loading weights of another shape",
        runtime.load(affine, wrong),
        ["bad-weights", "shape-mismatch"],
        "layer.weight",
      );
    }),
    check("takes the parameters of a graph as inputs when it is loaded without weights", async (runtime) => {
      await withExecutable(runtime, affine, undefined, async (executable) => {
        const data = Float32Array.of(1, 2, 3, 4, 5, 6);
        const { y } = await executable.run({ x: input, "layer.weight": { dtype: "float32", shape: [3, 2], data } });
        must(relativeDifference(y as PlainTensor, expected) < 1e-5, "x·W + b is wrong with W as an input.");
        await mustReject(
          "A run without the parameter",
          executable.run({ x: input }),
          ["invalid-argument", "shape-mismatch"],
          "layer.weight",
        );
      });
    }),
    check("can be disposed of twice, and refuses work afterwards", async (runtime) => {
      const executable = await runtime.load(affine, weights);
      await executable.dispose();
      await executable.dispose();
      await mustReject("A run after dispose", executable.run({ x: input }), ["disposed"]);
      await runtime.dispose();
      await runtime.dispose();
      await mustReject("A load after dispose", runtime.load(affine, weights), ["disposed"]);
    }),
  ];
}

/** One node with one output. */
function apply(op: string, inputs: readonly GraphValue[], shape: readonly number[]): GraphValue {
  const outputs: GraphValue[] = [];
  outputs.push({ kind: "node", dtype: "float32", shape, node: { op, inputs, attributes: {}, outputs }, index: 0 });
  return outputs[0] as GraphValue;
}

/** Throws unless the promise rejects with a FoleyError of one of the codes that mentions `word`. */
async function mustReject(what: string, promise: Promise<unknown>, codes: readonly FoleyErrorCode[], word = ""): Promise<void> {
  const error: unknown = await promise.then(
    () => undefined,
    (reason: unknown) => reason,
  );
  must(error !== undefined, `${what} was accepted.`);
  must(FoleyError.isInstance(error), `${what} threw ${String(error)}, which is no FoleyError.`);
  must(codes.includes(error.code), `${what} threw the code "${error.code}", not ${codes.join(" or ")}: ${error.message}`);
  must(error.message.includes(word), `${what} threw a message without "${word}": ${error.message}`);
}
