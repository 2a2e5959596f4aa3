/**
 * Names of one graph of a file and what they stand for. A value is translated when something that an output needs asks for it, so that what
 * nothing needs is not read, whatever it is. The graph of a branch and the body of a function have scopes of their own inside another.
 */
import { FoleyError, type GraphValue } from "@foley-control/core";
import type { GraphProto, NodeProto } from "onnx-buf";

/** Translates one node of a scope to its outputs. */
export type Translate = (made: NodeProto, index: number, scope: Scope) => readonly (GraphValue | undefined)[];

/** What a scope is made of. */
export interface ScopeOptions {
  readonly nodes: readonly NodeProto[];
  /** Names that are there before a node runs, and what makes them when they are asked for. */
  readonly given: ReadonlyMap<string, () => GraphValue | undefined>;
  /** Names of results. */
  readonly outputs: readonly string[];
  readonly translate: Translate;
  /** Where a name is looked for that this scope does not have: the scope around it, as far as its node `before`. */
  readonly parent?: { readonly scope: Scope; readonly before: number } | undefined;
}

/** One scope. */
export class Scope {
  readonly #options: ScopeOptions;
  readonly #values = new Map<string, GraphValue | undefined>();
  /** Which node makes a name. */
  readonly #makers = new Map<string, number>();
  readonly #ends: ReadonlySet<string>;
  readonly #read: ReadonlySet<string>;

  constructor(options: ScopeOptions) {
    this.#options = options;
    const { nodes, given, outputs } = options;
    nodes.forEach(({ output }, index) => {
      for (const name of output) {
        if (name === "") continue;
        if (this.#makers.has(name) || given.has(name))
          throw new FoleyError("bad-file", `The model defines the value ${quoted(name)} twice.`);
        this.#makers.set(name, index);
      }
    });
    this.#ends = new Set(outputs);
    this.#read = namesRead(nodes);
  }

  /** Whether any node, branch or output asks for a name. */
  isRead(name: string): boolean {
    return this.#ends.has(name) || this.#read.has(name);
  }

  /** The value of a result. */
  output(name: string): GraphValue {
    const value = this.value(name, this.#options.nodes.length);
    if (!value) throw new FoleyError("bad-file", `The model has the result ${quoted(name)}, which nothing makes.`);
    return value;
  }

  /** The value of a name as node `before` sees it; `undefined` only for an input of a function that its caller leaves out. */
  value(name: string, before: number): GraphValue | undefined {
    this.#make(name, before);
    return this.#values.get(name);
  }

  #make(name: string, before: number): void {
    const open = this.#start(name, before);
    // Not by recursion: networks are thousands of nodes deep.
    for (let index = open.at(-1); index !== undefined; index = open.at(-1)) {
      const made = this.#options.nodes[index] as NodeProto;
      const size = open.length;
      if (!made.output.some((one) => this.#values.has(one))) {
        for (const one of made.input) if (one !== "") open.push(...this.#start(one, index));
        if (open.length > size) continue;
        this.#run(made, index);
      }
      open.pop();
    }
  }

  /** What has to run first: the node that makes a name, if none has yet. */
  #start(name: string, before: number): number[] {
    if (this.#values.has(name)) return [];
    const maker = this.#makers.get(name);
    if (maker !== undefined && maker < before) return [maker];
    const { given, parent } = this.#options;
    const leaf = given.get(name);
    if (leaf) this.#values.set(name, leaf());
    else if (maker === undefined && parent) this.#values.set(name, parent.scope.value(name, parent.before));
    else throw new FoleyError("bad-file", `The model uses the value ${quoted(name)} before or without defining it.`);
    return [];
  }

  #run(made: NodeProto, index: number): void {
    const results = this.#options.translate(made, index, this);
    made.output.forEach((one, i) => {
      if (one !== "") this.#values.set(one, results[i]);
    });
  }
}

const quoted = (name: string) => JSON.stringify(name.length > 200 ? `${name.slice(0, 200)}…` : name);

/** By nodes: a function may be called at will, and its nodes hold branches of any size. */
const found = /* @__PURE__ */ new WeakMap<readonly NodeProto[], ReadonlySet<string>>();

function namesRead(nodes: readonly NodeProto[]): ReadonlySet<string> {
  const known = found.get(nodes);
  if (known) return known;
  const names = new Set<string>();
  addNamesRead(nodes, names);
  found.set(nodes, names);
  return names;
}

/** Names that nodes read, those inside their branches included. */
function addNamesRead(nodes: readonly NodeProto[], names: Set<string>): void {
  for (const { input, attribute } of nodes) {
    for (const name of input) names.add(name);
    for (const { g, graphs } of attribute) for (const inner of g ? [g, ...graphs] : graphs) addNamesOf(inner, names);
  }
}

function addNamesOf({ node, output }: GraphProto, names: Set<string>): void {
  for (const { name } of output) names.add(name);
  addNamesRead(node, names);
}
