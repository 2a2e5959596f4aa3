/**
 * Numbers that a file fixes before the network runs: exported models compute shapes in the graph. Each value is computed once, by the
 * reference interpreter, and all of them together within a budget: a file from a stranger decides what is asked, never how long it takes.
 */
import {
  elementCount,
  FoleyError,
  type GraphNode,
  type GraphValue,
  parameterTensor,
  type StoredParameter,
} from "@foley-control/core";
import { arrayOf, evaluateNode } from "../evaluate.js";
import { attentionOps } from "../ops/attention.js";
import { convolutionOps } from "../ops/convolution.js";
import type { Array64 } from "../ops/definition.js";
import { matmulOps } from "../ops/matmul.js";
import { poolingOps } from "../ops/pooling.js";
import { constant } from "../value.js";

/** Shape arithmetic is small; what is larger than this is left to the runtime, whatever a file asks for. */
const MAXIMUM_SIZE = 2 ** 16;

/** Numbers read and written while a file is imported, in all. */
const MAXIMUM_WORK = 2 ** 22;

/** Ops whose work is more than the numbers that they read and write. No shape is computed by them. */
const heavy: Readonly<Record<string, unknown>> = { ...matmulOps, ...convolutionOps, ...poolingOps, ...attentionOps };

/** What is known of the values of one file. */
export class KnownNumbers {
  readonly #known = new Map<GraphValue, Array64 | undefined>();
  readonly #doubles = new Set<GraphValue>();
  readonly #stored: ReadonlyMap<string, StoredParameter>;
  readonly #once = new WeakSet<object>();
  #work = 0;

  /** @param stored - Parameters whose bytes may be looked at. */
  constructor(stored: ReadonlyMap<string, StoredParameter>) {
    this.#stored = stored;
  }

  /** The numbers of a value; `undefined` when they depend on an input, lie in another file, are too many, or the budget is spent. */
  of(value: GraphValue): Array64 | undefined {
    const open: GraphValue[] = [value];
    for (let next = open.at(-1); next; next = open.at(-1)) {
      if (this.#known.has(next)) open.pop();
      else if (!next.node) this.#known.set(next, this.#leaf(next));
      else if (!this.#decided(next.node)) for (const one of next.node.inputs) if (!this.#known.has(one)) open.push(one);
    }
    return this.#known.get(value);
  }

  /** Takes work off the budget; an error of the file when that is more than is left. */
  spend(work: number, what: string): void {
    if (this.#afford(work)) return;
    throw new FoleyError(
      "bad-file",
      `${what} would take more than the ${MAXIMUM_WORK} numbers that a file may compute as it is read.`,
    );
  }

  /** Takes what stands in a file off the budget when it is read again: once is no more than its bytes, but a function may be called at will. */
  spendAgain(one: object, size: () => number, what: string): void {
    if (this.#once.has(one)) this.spend(size(), what);
    else this.#once.add(one);
  }

  /**
   * A constant of a type that no network computes in (DOUBLE), held in float64: it may be computed with as long as everything is known, and
   * has to be cast before it meets anything else.
   */
  double(numbers: Array64): GraphValue {
    const value = constant(Float32Array.from(numbers.data), numbers.shape, "float32");
    this.#known.set(value, numbers);
    this.#doubles.add(value);
    return value;
  }

  /** Whether a value was made by {@link double}. */
  isDouble(value: GraphValue): boolean {
    return this.#doubles.has(value);
  }

  #afford(work: number): boolean {
    // A count below 0 makes nothing; it must not give back what others took.
    this.#work += Math.max(0, work);
    return this.#work <= MAXIMUM_WORK;
  }

  #leaf(value: GraphValue): Array64 | undefined {
    if (value.kind === "input" || elementCount(value.shape) > MAXIMUM_SIZE || !this.#afford(elementCount(value.shape)))
      return undefined;
    if (value.kind === "constant") return arrayOf(value);
    const parameter = this.#stored.get(value.name ?? "");
    if (parameter?.bytes.kind !== "memory") return undefined;
    const { data, shape, dtype } = parameterTensor(value.name ?? "", parameter);
    return arrayOf(constant(data, shape, dtype));
  }

  /** Decides what a node makes, once its inputs are decided. */
  #decided(made: GraphNode): boolean {
    const inputs = made.inputs.map((value) => this.#known.get(value));
    const isOpen = inputs.some((numbers, i) => !numbers && !this.#known.has(made.inputs[i] as GraphValue));
    const isUnknown = Object.hasOwn(heavy, made.op) || made.outputs.some(({ shape }) => elementCount(shape) > MAXIMUM_SIZE);
    if (isOpen && !isUnknown) return false;
    const work = [...made.inputs, ...made.outputs].reduce((total, { shape }) => total + 1 + elementCount(shape), 0);
    const results =
      !isUnknown && inputs.every((numbers) => numbers) && this.#afford(work) ? evaluateNode(made, inputs as Array64[]) : [];
    made.outputs.forEach((value, i) => void this.#known.set(value, results[i]));
    return true;
  }
}

/** Numbers as a constant of their type, for integers and truth values; others stay what they are. */
export function folded(value: GraphValue, known: KnownNumbers): GraphValue {
  if (value.kind !== "node" || (value.dtype !== "int64" && value.dtype !== "int32" && value.dtype !== "bool")) return value;
  const numbers = known.of(value);
  return numbers ? constantOf(numbers, value.dtype) : value;
}

/** Numbers as a constant. */
export function constantOf(
  { data, integers, shape }: Array64,
  dtype: "int64" | "int32" | "bool" | "uint8" | "int8" | "float32",
): GraphValue {
  switch (dtype) {
    case "int64":
      return constant(integers ?? BigInt64Array.from(data, BigInt), shape, dtype);
    case "int32":
      return constant(Int32Array.from(data), shape, dtype);
    case "int8":
      return constant(Int8Array.from(data), shape, dtype);
    case "float32":
      return constant(Float32Array.from(data), shape, dtype);
    default:
      return constant(Uint8Array.from(data), shape, dtype);
  }
}
