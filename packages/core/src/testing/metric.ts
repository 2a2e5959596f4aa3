/** Conformance of a metric. */
import type { Metric } from "../contracts/index.js";
import { type ConformanceCheck, type MaybePromise, must, mustIdentify, plainCheck } from "./check.js";

/** What {@link testMetric} needs to know. */
export interface MetricTestOptions<Input> {
  /** Ordinary inputs. */
  readonly inputs: readonly Input[];
  /** Inputs that must score better than `worse`. */
  readonly better: readonly Input[];
  /** Inputs that must score worse than `better`. */
  readonly worse: readonly Input[];
}

/** Checks of {@link Metric}. */
export function testMetric<Input>(
  make: () => MaybePromise<Metric<Input>>,
  options: MetricTestOptions<Input>,
): readonly ConformanceCheck[] {
  return [
    plainCheck("declares id, unit, direction and features", async () => {
      const metric = await make();
      mustIdentify(metric, "metric");
      must(typeof metric.unit === "string", 'unit is missing; a pure number has the unit "".');
      must(metric.direction === "higher" || metric.direction === "lower", `direction is ${metric.direction}.`);
      must(new Set(metric.needs).size === metric.needs.length, "A feature is needed twice.");
    }),
    plainCheck("gives a finite number, the same every time and for another instance, and leaves its inputs alone", async () => {
      const [metric, other] = [await make(), await make()];
      const before = fingerprint(options.inputs);
      const value = metric.compute(options.inputs);
      must(Number.isFinite(value), `compute gave ${value}.`);
      must(
        metric.compute(options.inputs) === value && other.compute(options.inputs) === value,
        "compute gave another number the second time.",
      );
      must(fingerprint(options.inputs) === before, "compute wrote into its inputs.");
    }),
    plainCheck("scores better inputs better, in its direction", async () => {
      const metric = await make();
      const [better, worse] = [metric.compute(options.better), metric.compute(options.worse)];
      must(
        metric.direction === "higher" ? better > worse : better < worse,
        `better scores ${better}, worse ${worse}, though ${metric.direction} is better.`,
      );
    }),
  ];
}

function fingerprint(value: unknown): string {
  return JSON.stringify(value, (_key, entry: unknown) =>
    ArrayBuffer.isView(entry) ? Array.from(entry as unknown as ArrayLike<number | bigint>, String) : entry,
  );
}
