/** Nodes of a file → values: by their importers, by the function of the file that they call, or by the branch that is taken. */
import { elementCount, FoleyError, type GraphValue, parameterTensor, type StoredParameter } from "@foley-control/core";
import {
  type AttributeProto,
  type FunctionProto,
  type GraphProto,
  type NodeProto,
  type OperatorSetIdProto,
  type TensorProto,
  TensorProto_DataType,
} from "onnx-buf";
import { constant, parameter } from "../value.js";
import { castOfDouble, doublesOf } from "./doubles.js";
import { importerOf, isStandard, ONNX_OPSETS_READ, opsRead } from "./importers/table.js";
import { folded, KnownNumbers } from "./known.js";
import { withLabels } from "./labels.js";
import { missingOps, opName } from "./missing.js";
import { attributesOf, extentOf, importedNode, whatOf } from "./read-node.js";
import { checkedShape, type ExternalData, readDoubles, readTensor } from "./read-tensor.js";
import { Scope } from "./scope.js";

/** Integer initializers up to this many elements are constants: axes, shapes and indices that the graph is made from. */
const INLINE_ELEMENTS = 2 ** 16;

/** How deep functions and branches may stand in each other. */
const MAXIMUM_DEPTH = 50;

/** What a node of a function or a branch takes of the file's budget: a few functions that call each other may be billions of nodes. */
const NODE_WORK = 32;

type Values = readonly (GraphValue | undefined)[];
type Attributes = ReadonlyMap<string, AttributeProto>;

/** Where nodes stand. */
interface Place {
  readonly opset: number;
  /** Attributes of the call, inside a function. */
  readonly call: Attributes | undefined;
  /** Stands before labels. */
  readonly prefix: string;
  readonly depth: number;
}

/** One node that is translated. */
interface Site {
  readonly made: NodeProto;
  readonly index: number;
  readonly scope: Scope;
  readonly place: Place;
  readonly attributes: Attributes;
  readonly inputs: Values;
  /** Names of the outputs, `""` where nothing reads one. */
  readonly outputs: readonly string[];
}

/** Op set of the standard domain. */
export function opsetOf(imports: readonly OperatorSetIdProto[], what: string): number {
  const standard = imports.filter(({ domain }) => isStandard(domain));
  const opset = Number(standard[0]?.version ?? 0n);
  const [low, high] = ONNX_OPSETS_READ;
  if (opset >= low && opset <= high) return opset;
  throw new FoleyError("unsupported", `${what} uses op set ${opset}; ${low} to ${high} are read.`, {
    hint: "Convert it with onnx.version_converter, or export it again.",
  });
}

const keyOf = (domain: string, name: string) => `${isStandard(domain) ? "" : domain}:${name}`;

/** Translates the nodes of one file. */
export class NodeReader {
  /** Initializers that became parameters. */
  readonly stored = new Map<string, StoredParameter>();
  /** What initializers became: those of a branch are read each time that it is taken. */
  readonly #initializers = new Map<TensorProto, GraphValue>();
  /** How many initializers have a name. */
  readonly #copies = new Map<string, number>();
  readonly #known = new KnownNumbers(this.stored);
  readonly #functions: ReadonlyMap<string, FunctionProto>;
  readonly #opset: number;
  readonly #externalData: ExternalData;
  #source: GraphProto | undefined;

  constructor(functions: readonly FunctionProto[], opset: number, externalData: ExternalData) {
    this.#functions = new Map(functions.map((one) => [keyOf(one.domain, one.name), one]));
    this.#opset = opset;
    this.#externalData = externalData;
  }

  /** Values of results of the file's graph. */
  results(source: GraphProto, inputs: readonly GraphValue[], outputs: readonly string[]): ReadonlyMap<string, GraphValue> {
    this.#source = source;
    const given = new Map<string, () => GraphValue>();
    for (const value of inputs) {
      if (given.has(value.name ?? "")) throw new FoleyError("bad-file", `The model defines the value "${value.name}" twice.`);
      given.set(value.name ?? "", () => value);
    }
    const place: Place = { opset: this.#opset, call: undefined, prefix: "", depth: 0 };
    const scope = this.#scope(source.node, this.#withInitializers(given, source), outputs, place);
    return new Map(
      outputs.map((name) => {
        const value = scope.output(name);
        if (this.#known.isDouble(value))
          throw new FoleyError("unsupported", `The output "${name}" holds elements of DOUBLE.`, {
            hint: "Export the model in FLOAT.",
          });
        return [name, value];
      }),
    );
  }

  #withInitializers(given: Map<string, () => GraphValue | undefined>, { initializer }: GraphProto) {
    for (const tensor of initializer) given.set(tensor.name, () => this.#initializerOf(tensor));
    return given;
  }

  #initializerOf(tensor: TensorProto): GraphValue {
    const value = this.#initializers.get(tensor) ?? this.#initializer(tensor);
    this.#initializers.set(tensor, value);
    return value;
  }

  #initializer(tensor: TensorProto): GraphValue {
    const what = `The initializer "${tensor.name}"`;
    if (tensor.dataType === TensorProto_DataType.DOUBLE) return this.#known.double(readDoubles(tensor, what));
    const one = readTensor(tensor, what, this.#externalData);
    if (!one.dtype.startsWith("float") && one.bytes.kind !== "file" && elementCount(one.shape) <= INLINE_ELEMENTS) {
      const { data, shape, dtype } = parameterTensor(tensor.name, one);
      return constant(data.slice(), shape, dtype);
    }
    // Two branches may call different weights the same.
    let name = tensor.name;
    for (let copies = this.#copies.get(name) ?? 1; this.stored.has(name); copies++) {
      name = `${tensor.name}~${copies === 1 ? "" : copies}`;
      this.#copies.set(tensor.name, copies + 1);
    }
    this.stored.set(name, one);
    return parameter(name, one.shape, one.dtype);
  }

  #scope(
    nodes: readonly NodeProto[],
    given: ReadonlyMap<string, () => GraphValue | undefined>,
    outputs: readonly string[],
    place: Place,
    parent?: { readonly scope: Scope; readonly before: number },
  ): Scope {
    const ends = new Set(outputs);
    const scope: Scope = new Scope({
      nodes,
      given,
      outputs,
      parent,
      translate: (made, index) => {
        const site: Site = {
          made,
          index,
          scope,
          place,
          attributes: attributesOf(made, place.call),
          inputs: made.input.map((name) => (name === "" ? undefined : scope.value(name, index))),
          outputs: made.output.map((name) => (scope.isRead(name) ? name : "")),
        };
        return withLabels(this.#translate(site), (i) => ({
          label: site.outputs[i] && place.prefix + site.outputs[i],
          isEnd: ends.has(site.outputs[i] ?? ""),
        }));
      },
    });
    return scope;
  }

  #translate(site: Site): Values {
    const { made, outputs } = site;
    const what = whatOf(made);
    try {
      const results = this.#resultsOf(site);
      outputs.forEach((name, i) => {
        if (name === "") return;
        if (!results[i]) throw new FoleyError("unsupported", `${what}: its output ${i} is not supported.`);
        checkedShape(results[i].shape, what);
      });
      const read = results.map((value, i) => (outputs[i] ? value : undefined));
      if (site.inputs.some((value) => value && this.#known.isDouble(value))) return doublesOf(read, this.#known, what);
      return read.map((value) => value && folded(value, this.#known));
    } catch (cause) {
      if (FoleyError.isInstance(cause) && (cause.code === "unsupported" || cause.code === "bad-file")) throw cause;
      const why = cause instanceof Error ? cause.message : String(cause);
      throw new FoleyError("bad-file", `${what} does not fit its inputs: ${why}`, { cause });
    }
  }

  #resultsOf(site: Site): Values {
    const { made, attributes, inputs, outputs, place } = site;
    const called = this.#functions.get(keyOf(made.domain, made.opType));
    if (called) return this.#call(called, site);
    const own = isStandard(made.domain);
    if (own && made.opType === "If") return this.#branch(site);
    if (own && made.opType === "Cast" && inputs[0]) {
      const cast = castOfDouble(inputs[0], Number(attributes.get("to")?.i ?? 0n), this.#known, whatOf(made));
      if (cast) return [cast];
    }
    const constantOf = own && made.opType === "Constant" ? attributes.get("value") : undefined;
    if (constantOf?.t?.dataType === TensorProto_DataType.DOUBLE) {
      this.#known.spendAgain(constantOf, () => extentOf(constantOf), whatOf(made));
      return [this.#known.double(readDoubles(constantOf.t, whatOf(made)))];
    }
    const importer = importerOf(made.domain, made.opType);
    if (!importer) throw this.#missing(site);
    const view = importedNode(made, { opset: place.opset, attributes, inputs, outputs, known: this.#known });
    return importer(view);
  }

  /** A function of the file stands for its body, whatever op has the same name. */
  #call({ node, input, output, attributeProto, opsetImport, name }: FunctionProto, site: Site): Values {
    this.#known.spend(input.length + output.length + attributeProto.length + opsetImport.length, whatOf(site.made));
    const { made, inputs, outputs, place } = site;
    const imports = opsetImport.filter(({ domain }) => isStandard(domain));
    const inner: Place = {
      opset: imports.length > 0 ? opsetOf(imports, `The function ${name.slice(0, 100)}`) : place.opset,
      call: new Map([...attributeProto.map((one) => [one.name, one] as const), ...site.attributes]),
      prefix: `${place.prefix}${made.name || made.output[0]}/`,
      depth: this.#deeper(site, node),
    };
    const given = new Map(input.map((one, i) => [one, () => inputs[i]]));
    const body = this.#scope(node, given, output, inner);
    return output.map((one, i) => (outputs[i] ? body.output(one) : undefined));
  }

  #missing({ made }: Site): FoleyError {
    const functions = this.#functions;
    const all = this.#source ? missingOps(this.#source, (node) => functions.get(keyOf(node.domain, node.opType))) : [];
    const own = opName(made);
    const others = all.filter((name) => name !== own);
    const more = others.length > 0 ? `, and neither are ${others.slice(0, 50).join(", ")}, which the model needs as well` : "";
    return new FoleyError("unsupported", `${whatOf(made)}: the op ${own} is not supported${more}.`, {
      hint: `Known ops: ${opsRead().join(", ")}.`,
    });
  }

  /** The branch of an If that is taken, which must be known when the graph is read. */
  #branch(site: Site): Values {
    const { made, index, scope, place, attributes, inputs, outputs } = site;
    const condition = inputs[0] && this.#known.of(inputs[0])?.data;
    if (condition?.length !== 1)
      throw new FoleyError(
        "unsupported",
        `${whatOf(made)}: its condition depends on the graph's inputs; which branch is taken must be known.`,
      );
    const name = condition[0] !== 0 ? "then_branch" : "else_branch";
    const branch = attributes.get(name)?.g;
    if (!branch) throw new FoleyError("bad-file", `${whatOf(made)} lacks its ${name}.`);
    const inner: Place = { ...place, depth: this.#deeper(site, branch.node) };
    this.#known.spend(branch.output.length + branch.initializer.length, whatOf(made));
    const names = branch.output.map((one) => one.name);
    const body = this.#scope(branch.node, this.#withInitializers(new Map(), branch), names, inner, { scope, before: index });
    return names.map((one, i) => (outputs[i] ? body.output(one) : undefined));
  }

  #deeper({ made, place }: Site, nodes: readonly NodeProto[]): number {
    const names = nodes.reduce((sum, { input, output, attribute }) => sum + input.length + output.length + attribute.length, 0);
    this.#known.spend(NODE_WORK * (1 + nodes.length) + names, whatOf(made));
    if (place.depth < MAXIMUM_DEPTH) return place.depth + 1;
    throw new FoleyError(
      "bad-file",
      `${whatOf(made)}: functions and branches stand in each other more than ${MAXIMUM_DEPTH} deep.`,
    );
  }
}
