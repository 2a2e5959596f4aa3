/** What an importer sees of a node: its inputs as values, its attributes, and numbers that are known before the graph runs. */
import { FoleyError, type GraphValue } from "@foley-control/core";
import type { AttributeProto, NodeProto, TensorProto } from "onnx-buf";

/** One node of an ONNX file while it is translated. */
export interface ImportedNode {
  /** Op type, e.g. `"Gemm"`. */
  readonly op: string;
  /** `op` and name, for messages. */
  readonly what: string;
  /** Version of the op set that the file is written in. */
  readonly opset: number;
  /** Inputs; `undefined` where an optional one is absent. */
  readonly inputs: readonly (GraphValue | undefined)[];
  /** Names of the outputs, `""` where one is not wanted. */
  readonly outputs: readonly string[];
  /** A required input. */
  input(index: number): GraphValue;
  /** An integer attribute. */
  int(name: string, fallback: number): number;
  /** A number attribute. */
  float(name: string, fallback: number): number;
  /** A text attribute. */
  text(name: string, fallback: string): string;
  /** An attribute that is a list of numbers, `undefined` when absent. */
  list(name: string): readonly number[] | undefined;
  /** An attribute that is a tensor. */
  tensor(name: string): TensorProto | undefined;
  /** Whether the attribute is there. */
  has(name: string): boolean;
  /** Numbers of an input that are known when the graph is read; absent: `undefined`; unknown: an error that says so. */
  known(index: number): readonly number[] | undefined;
  /** As `known`, and `undefined` also when the numbers depend on the graph's inputs. */
  guess(index: number): readonly number[] | undefined;
  /** Numbers that older op sets have as an attribute and newer ones as an input. */
  either(attribute: string, index: number): readonly number[] | undefined;
  /** The error for a use that is not supported. */
  unsupported(why: string): FoleyError;
}

/** What to call a node in messages. */
export const whatOf = ({ opType, name, output }: NodeProto): string => `The node ${opType} "${name || output[0] || ""}"`;

/**
 * @param numbersOf - Numbers of a value that depends on constants alone, else `undefined`.
 * @param lookup - Value of a name.
 */
export function importedNode(
  node: NodeProto,
  opset: number,
  lookup: (name: string) => GraphValue,
  numbersOf: (value: GraphValue) => readonly number[] | undefined,
): ImportedNode {
  const what = whatOf(node);
  const attributes = new Map<string, AttributeProto>(node.attribute.map((attribute) => [attribute.name, attribute]));
  const inputs = node.input.map((name) => (name === "" ? undefined : lookup(name)));
  const guess = (index: number) => inputs[index] && numbersOf(inputs[index]);
  const known = (index: number) => {
    const numbers = guess(index);
    if (inputs[index] && !numbers) {
      throw new FoleyError(
        "unsupported",
        `${what}: its input ${index} must be known when the graph is read, but it depends on the graph's inputs or on data in another file.`,
      );
    }
    return numbers;
  };
  const list = (name: string) => {
    const attribute = attributes.get(name);
    if (!attribute) return undefined;
    return attribute.ints.length > 0 ? attribute.ints.map(Number) : attribute.floats;
  };
  return {
    op: node.opType,
    what,
    opset,
    inputs,
    outputs: node.output,
    input(index) {
      const value = inputs[index];
      if (!value) throw new FoleyError("bad-file", `${what} lacks its input ${index}.`);
      return value;
    },
    int: (name, fallback) => Number(attributes.get(name)?.i ?? fallback),
    float: (name, fallback) => attributes.get(name)?.f ?? fallback,
    text: (name, fallback) => (attributes.has(name) ? new TextDecoder().decode(attributes.get(name)?.s) : fallback),
    list,
    tensor: (name) => attributes.get(name)?.t,
    has: (name) => attributes.has(name),
    known,
    guess,
    either: (attribute, index) => list(attribute) ?? known(index),
    unsupported: (why) => new FoleyError("unsupported", `${what}: ${why}`),
  };
}
