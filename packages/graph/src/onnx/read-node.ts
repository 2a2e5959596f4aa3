/** What an importer sees of a node: its inputs as values, its attributes, and numbers that are known before the graph runs. */
import { FoleyError, type GraphValue } from "@foley-control/core";
import type { AttributeProto, NodeProto, TensorProto } from "onnx-buf";
import type { KnownNumbers } from "./known.js";

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
  /** Names of the outputs, `""` where nothing reads one. */
  readonly outputs: readonly string[];
  /** A required input. */
  input(index: number): GraphValue;
  /** An integer attribute. */
  int(name: string, fallback: number): number;
  /** A number attribute. */
  float(name: string, fallback: number): number;
  /** A text attribute. */
  text(name: string, fallback: string): string;
  /** An attribute that is a list of texts, empty when absent. */
  texts(name: string): readonly string[];
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
  /** Takes work off the budget of the file; an error when that is more than is left. */
  spend(work: number): void;
  /** The error for a use that is not supported. */
  unsupported(why: string): FoleyError;
}

/** Translates one node to its outputs. */
export type Importer = (made: ImportedNode) => readonly (GraphValue | undefined)[];

/** What to call a node in messages. */
export const whatOf = ({ opType, name, output }: NodeProto): string =>
  `The node ${opType.slice(0, 100)} "${(name || output[0] || "").slice(0, 200)}"`;

/** Attributes of a node by name; inside a function one may stand for an attribute of the call. */
export function attributesOf(
  node: NodeProto,
  call: ReadonlyMap<string, AttributeProto> | undefined,
): ReadonlyMap<string, AttributeProto> {
  const found = new Map<string, AttributeProto>();
  for (const attribute of node.attribute) {
    const meant = attribute.refAttrName === "" ? attribute : call?.get(attribute.refAttrName);
    if (meant) found.set(attribute.name, meant);
  }
  return found;
}

/** Elements of a tensor as the file holds them, in bytes or numbers. */
const extentOfTensor = (one: TensorProto): number =>
  one.rawData.length + one.floatData.length + one.int32Data.length + one.int64Data.length + one.doubleData.length;

/** How much there is to read in an attribute. */
export const extentOf = ({ s, ints, floats, strings, t }: AttributeProto): number =>
  s.length + ints.length + floats.length + strings.reduce((sum, { length }) => sum + 1 + length, 0) + (t ? extentOfTensor(t) : 0);

/** What {@link importedNode} is made of. */
export interface ImportedNodeOptions {
  readonly opset: number;
  readonly attributes: ReadonlyMap<string, AttributeProto>;
  readonly inputs: readonly (GraphValue | undefined)[];
  /** Names of the outputs, `""` where nothing reads one. */
  readonly outputs: readonly string[];
  readonly known: KnownNumbers;
}

/** A node as its importer sees it. */
export function importedNode(node: NodeProto, options: ImportedNodeOptions): ImportedNode {
  const { opset, attributes, inputs, outputs, known: numbers } = options;
  const what = whatOf(node);
  const guess = (index: number) => {
    const found = inputs[index] && numbers.of(inputs[index])?.data;
    // A list that many nodes read costs each of them.
    if (found) numbers.spend(found.length, what);
    return found && Array.from(found);
  };
  const known = (index: number) => {
    const found = guess(index);
    if (inputs[index] && !found) {
      throw new FoleyError(
        "unsupported",
        `${what}: its input ${index} must be known when the graph is read, but it depends on the graph's inputs, on data in another file, or on too much to compute.`,
      );
    }
    return found;
  };
  const read = (name: string) => {
    const attribute = attributes.get(name);
    if (attribute) numbers.spendAgain(attribute, () => extentOf(attribute), what);
    return attribute;
  };
  const list = (name: string) => {
    const attribute = read(name);
    if (!attribute) return undefined;
    return attribute.ints.length > 0 ? attribute.ints.map(Number) : attribute.floats;
  };
  return {
    op: node.opType,
    what,
    opset,
    inputs,
    outputs,
    input(index) {
      const value = inputs[index];
      if (!value) throw new FoleyError("bad-file", `${what} lacks its input ${index}.`);
      return value;
    },
    int: (name, fallback) => Number(attributes.get(name)?.i ?? fallback),
    float: (name, fallback) => attributes.get(name)?.f ?? fallback,
    text: (name, fallback) => (attributes.has(name) ? new TextDecoder().decode(read(name)?.s) : fallback),
    texts: (name) => read(name)?.strings.map((one) => new TextDecoder().decode(one)) ?? [],
    list,
    tensor: (name) => read(name)?.t,
    has: (name) => attributes.has(name),
    known,
    guess,
    either: (attribute, index) => list(attribute) ?? known(index),
    spend: (work) => numbers.spend(work, what),
    unsupported: (why) => new FoleyError("unsupported", `${what}: ${why}`),
  };
}
