/** The pass that changes what a network computes in: one plan, one file per precision. Inputs and outputs keep their types. */
import { FoleyError, type Graph, type ParameterSource } from "@foley-control/core";
import { convertToFloat16 } from "./convert-float16.js";
import { convertToInt8, type QuantisedParameters, quantisedSource } from "./convert-int8.js";
import type { Float16Island } from "./float16-islands.js";

/**
 * What a network computes in. `"float32"`: as it is written. `"float16"`: weights and activations in half precision, with islands of
 * float32. `"int8"`: the large matrices in 8 bits, everything else in float32.
 */
export type Precision = (typeof PRECISIONS)[number];

/** All of {@link Precision}. */
export const PRECISIONS = ["float32", "float16", "int8"] as const;

/** What {@link convert} is told. */
export interface PrecisionPlan {
  /** What to compute in. */
  readonly precision: Precision;
  /** Parameters that stay float32, with what is computed from them alone or joined with inputs. Default: none. */
  readonly keepFloat32?: ((parameter: string) => boolean) | undefined;
  /** What stays float32 within float16. Default: all islands. */
  readonly islands?: readonly Float16Island[] | undefined;
}

/** What {@link convert} returns. */
export interface Converted {
  /** The same network, its inputs and outputs unchanged. */
  readonly graph: Graph;
  /**
   * The parameters of that graph, made of those of the original. Nothing is read or computed before a runtime loads them. Parameters
   * that are declared float16 and stored as float32, or the other way round, are left to the runtime as well.
   */
  parameters(original: ParameterSource): ParameterSource;
}

/**
 * Converts a network of our own or an imported one.
 *
 * @throws FoleyError `invalid-argument` for a precision that does not exist.
 * @example
 * const { graph, parameters } = convert(denoiser.graph({ frames: 215 }), { precision: "int8" });
 * const executable = await runtime.load(graph, parameters(denoiser.weights));
 */
export function convert(source: Graph, plan: PrecisionPlan): Converted {
  const { precision, keepFloat32 = () => false } = plan;
  const same = (original: ParameterSource) => original;
  switch (precision) {
    case "float32":
      return { graph: source, parameters: same };
    case "float16":
      return { graph: convertToFloat16(source, { keepFloat32, islands: plan.islands }), parameters: same };
    case "int8": {
      const quantised: QuantisedParameters = new Map();
      const graph = convertToInt8(source, keepFloat32, quantised);
      return { graph, parameters: (original) => quantisedSource(original, quantised) };
    }
    default:
      throw wrongPrecision("precision", precision);
  }
}

/** Checks a precision that a user gave. */
export function checkPrecision(option: string, value: unknown): asserts value is Precision {
  if (!(PRECISIONS as readonly unknown[]).includes(value)) throw wrongPrecision(option, value);
}

function wrongPrecision(option: string, value: unknown): FoleyError {
  return new FoleyError("invalid-argument", `${option} is ${JSON.stringify(value)}, expected one of ${PRECISIONS.join(", ")}.`);
}
