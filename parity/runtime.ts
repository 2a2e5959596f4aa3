/** The one runtime of a parity run: the CPU, in this thread. */

import type { Graph, ParameterSource, PlainTensor } from "@foley-control/core";
import type { Numbers } from "@foley-control/golden";
import { nodeRuntime } from "@foley-control/runtime/node";

/** Cores that are left to it where other checks run beside. */
const share = Number(process.env["CORES_EACH"]);

/** It. */
export const runtime = nodeRuntime({ device: "cpu", worker: false, ...(share > 0 && { threads: share }) });

/** Loads a graph, hands out a function that runs it on float32 numbers, and frees it when `use` is done. */
export async function withGraph<T>(
  source: Graph,
  weights: ParameterSource,
  use: (run: (feeds: Readonly<Record<string, Numbers | PlainTensor>>) => Promise<Record<string, Numbers>>) => Promise<T>,
): Promise<T> {
  const executable = await runtime.load(source, weights);
  try {
    return await use(async (feeds) => {
      const inputs = Object.fromEntries(source.inputs.map(({ name }) => [name as string, tensorOf(feeds[name as string], name)]));
      const outputs = await executable.run(inputs);
      return Object.fromEntries(
        Object.entries(outputs).map(([name, { shape, data }]) => [
          name,
          {
            shape,
            data: data instanceof Float32Array ? (data as Numbers["data"]) : Float64Array.from(data as ArrayLike<number>),
          },
        ]),
      );
    });
  } finally {
    await executable.dispose();
  }
}

function tensorOf(value: Numbers | PlainTensor | undefined, name: string | undefined): PlainTensor {
  if (!value) throw new Error(`Nothing is fed to the input "${name}".`);
  if ("dtype" in value) return value;
  return {
    dtype: "float32",
    shape: value.shape,
    data: value.data instanceof Float32Array ? value.data : Float32Array.from(value.data),
  };
}
