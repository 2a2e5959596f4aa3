/** Networks of real width in every precision: distance from the reference, time, bytes of weights. */
import { BYTES_PER_ELEMENT, elementCount } from "@foley-control/core";
import { compare } from "@foley-control/golden";
import { convert, PRECISIONS, type Precision, parametersOf } from "@foley-control/graph";
import { type DisposableExecutable, type DisposableRuntime, nodeRuntime } from "@foley-control/runtime/node";
import type { RealWidthCase } from "./real-width.js";

/** One row of the report. */
export interface PrecisionRow {
  /** Largest difference of one number. */
  readonly maxAbs: number;
  /** ‖y − expected‖ / ‖expected‖. */
  readonly relL2: number;
  /** Best run on one thread, milliseconds of the processor: what else the machine does costs less of it than of the clock. */
  readonly milliseconds: number;
  /** Time from the weights to a graph that is ready, the start of the runtime included, milliseconds. */
  readonly loadMilliseconds: number;
  /** Bytes of all parameters as the graph declares them. */
  readonly weightBytes: number;
}

/** Runs a case in every precision, in turns, so that what else the machine does spares none of them. */
export async function measurePrecisions(one: RealWidthCase, repeat: number): Promise<Readonly<Record<Precision, PrecisionRow>>> {
  const loaded: (PrecisionRow & { readonly precision: Precision; readonly executable: DisposableExecutable })[] = [];
  const runtimes: DisposableRuntime[] = [];
  let { expected } = one;
  try {
    for (const precision of PRECISIONS) {
      const runtime = nodeRuntime({ device: "cpu", worker: false, threads: 1, precision });
      runtimes.push(runtime);
      const begun = performance.now();
      const executable = await runtime.load(one.graph, one.weights);
      const loadMilliseconds = performance.now() - begun;
      const { y } = await executable.run(one.feeds);
      const found = { shape: y?.shape ?? [], data: y?.data as Float32Array<ArrayBuffer> };
      expected ??= found; // float32 comes first
      const { maxAbs, relL2 } = compare("y", one.part(found), expected, { relL2: 1 });
      const parameters = [...parametersOf(convert(one.graph, { precision }).graph).values()];
      const weightBytes = parameters.reduce((sum, { dtype, shape }) => sum + elementCount(shape) * BYTES_PER_ELEMENT[dtype], 0);
      loaded.push({
        precision,
        executable,
        maxAbs,
        relL2,
        loadMilliseconds,
        weightBytes,
        milliseconds: Number.POSITIVE_INFINITY,
      });
    }
    const best = loaded.map(() => Number.POSITIVE_INFINITY);
    for (let turn = 0; turn < repeat; turn++) {
      for (const [i, { executable }] of loaded.entries()) {
        const start = process.cpuUsage();
        await executable.run(one.feeds);
        const { user, system } = process.cpuUsage(start);
        best[i] = Math.min(best[i] as number, (user + system) / 1000);
      }
    }
    return Object.fromEntries(
      loaded.map(({ precision, executable: _, ...row }, i) => [precision, { ...row, milliseconds: best[i] as number }]),
    ) as Record<Precision, PrecisionRow>;
  } finally {
    for (const runtime of runtimes) await runtime.dispose();
  }
}
