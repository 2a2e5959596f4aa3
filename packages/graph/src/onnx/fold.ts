/** Numbers of values that depend on constants alone, through the reference interpreter: exported models compute shapes in the graph. */
import { elementCount, type GraphNode, type GraphValue, parameterTensor, type StoredParameter } from "@foley-control/core";
import { evaluate, numbersOf } from "../evaluate.js";
import { constant } from "../value.js";

/** Shape arithmetic is small; what is larger than this is left to the runtime, whatever a file asks for. */
const MAXIMUM_SIZE = 2 ** 16;
const MAXIMUM_NODES = 1000;

/**
 * @param stored - Parameters whose bytes may be looked at.
 * @returns Row-major numbers, or `undefined` when they depend on a graph input, lie in another file or are too many.
 */
export function knownNumbers(value: GraphValue, stored: ReadonlyMap<string, StoredParameter>): readonly number[] | undefined {
  const leaf = (one: GraphValue): ArrayLike<number> | undefined => {
    if (elementCount(one.shape) > MAXIMUM_SIZE) return undefined;
    if (one.kind === "constant") return numbersOf(one);
    const parameter = one.kind === "parameter" ? stored.get(one.name ?? "") : undefined;
    if (parameter?.bytes.kind !== "memory") return undefined;
    const { data, shape, dtype } = parameterTensor(one.name ?? "", parameter);
    return numbersOf(constant(data, shape, dtype));
  };
  if (value.kind !== "node") {
    const numbers = leaf(value);
    return numbers && Array.from(numbers);
  }
  const feeds: Record<string, ArrayLike<number>> = {};
  const seen = new Set<GraphNode>();
  const open: GraphValue[] = [value];
  for (let next = open.pop(); next; next = open.pop()) {
    if (elementCount(next.shape) > MAXIMUM_SIZE) return undefined;
    if (next.node) {
      if (!seen.has(next.node)) open.push(...next.node.inputs);
      seen.add(next.node);
      if (seen.size > MAXIMUM_NODES) return undefined;
    } else {
      const numbers = leaf(next);
      if (!numbers) return undefined;
      if (next.kind === "parameter") feeds[next.name ?? ""] = numbers;
    }
  }
  return Array.from(evaluate({ name: "fold", inputs: [], outputs: { value } }, feeds).value?.data ?? []);
}
