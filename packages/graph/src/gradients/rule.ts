/** What a gradient rule is: a function from the gradients by the outputs to the gradients by the inputs, built from ops. */
import type { GraphValue } from "@foley-control/core";
import type { Attributes } from "../ops/definition.js";

/** What a gradient rule sees. */
export interface GradientContext {
  readonly inputs: readonly GraphValue[];
  readonly outputs: readonly GraphValue[];
  readonly attributes: Attributes;
  /** Gradient of the loss by each output, `undefined` where the loss does not depend on it. At least one is there. */
  readonly gradients: readonly (GraphValue | undefined)[];
  /** Whether the gradient by this input is wanted; rules skip what is not. */
  readonly needs: (index: number) => boolean;
}

/** Gradient by each input, `undefined` where there is none or none is wanted. */
export type GradientRule = (context: GradientContext) => readonly (GraphValue | undefined)[];

/** The rule of an op with one output. */
// @__NO_SIDE_EFFECTS__
export function rule(apply: (dy: GraphValue, context: GradientContext) => readonly (GraphValue | undefined)[]): GradientRule {
  return (context) => (context.gradients[0] ? apply(context.gradients[0], context) : []);
}
