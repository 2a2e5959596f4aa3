/** Checks what a run is given, before it crosses to the engine, so that the message names the input. */
import {
  type DeviceTensor,
  type DType,
  elementCount,
  FoleyError,
  type PlainTensor,
  type Shape,
  sameShape,
} from "@foley-control/core";

/** What a graph declares for one input. */
export interface DeclaredInput {
  readonly dtype: DType;
  readonly shape: Shape;
}

/**
 * @throws FoleyError `invalid-argument` for missing or unknown names, `shape-mismatch` for wrong dtype, shape or length
 */
export function checkInputs(
  graphName: string,
  declared: ReadonlyMap<string, DeclaredInput>,
  given: Readonly<Record<string, PlainTensor | DeviceTensor>>,
): void {
  for (const name of Object.keys(given)) {
    if (!declared.has(name)) {
      throw new FoleyError("invalid-argument", `The graph "${graphName}" has no input "${name}".`, {
        hint: `Its inputs are ${[...declared.keys()].join(", ")}.`,
      });
    }
  }
  for (const [name, { dtype, shape }] of declared) {
    const tensor = given[name];
    if (tensor === undefined) {
      throw new FoleyError("invalid-argument", `The input "${name}" of the graph "${graphName}" is missing.`, {
        hint: `It is ${dtype} [${shape.join(", ")}].`,
      });
    }
    if (tensor.dtype !== dtype || !sameShape(tensor.shape, shape)) {
      throw new FoleyError(
        "shape-mismatch",
        `The input "${name}" of the graph "${graphName}" is ${tensor.dtype} [${tensor.shape.join(", ")}], expected ${dtype} [${shape.join(", ")}].`,
      );
    }
    if ("data" in tensor && tensor.data.length !== elementCount(shape)) {
      throw new FoleyError(
        "shape-mismatch",
        `The input "${name}" of the graph "${graphName}" has ${tensor.data.length} elements, its shape is [${shape.join(", ")}].`,
      );
    }
  }
}
