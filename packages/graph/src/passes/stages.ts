/**
 * A network in stages, for when its weights are larger than the memory that it should take. A graph has waists: places where
 * all that was computed from the inputs so far goes on through one single value, as the residual stream does between two blocks of a
 * transformer. Cut there, it is a row of graphs that run one after the other, each loaded when its turn comes.
 */
import { BYTES_PER_ELEMENT, elementCount, type Graph, type GraphNode, type GraphValue } from "@foley-control/core";
import { graph, input, nodesOf } from "../value.js";
import { varyingValues } from "./dependence.js";
import { rewriteOutputs } from "./rewrite.js";

/**
 * Cuts a graph at waists so that each stage has about `bytes` of parameters: as many as fit, but at least what lies between two waists.
 *
 * @param source - Any graph, ours or imported.
 * @param bytes - Of parameters per stage, as the graph declares them.
 * @returns Graphs of which each, after the first, has the single output of the one before as its single input, by the same name; the
 * last has the outputs of `source`. One graph, `source` itself, when it needs or allows no cut.
 */
export function stages(source: Graph, bytes: number): readonly Graph[] {
  const order = nodesOf(source);
  const cuts = waists(source, order);
  const chosen: GraphValue[] = [];
  const counted = new Set<string>();
  let own = 0;
  let sinceWaist = 0;
  let last: GraphValue | undefined;
  for (const [i, made] of order.entries()) {
    for (const value of made.inputs) {
      if (value.kind !== "parameter" || counted.has(value.name ?? "")) continue;
      counted.add(value.name ?? "");
      sinceWaist += elementCount(value.shape) * BYTES_PER_ELEMENT[value.dtype];
    }
    const waist = cuts.get(i);
    if (waist === undefined && i < order.length - 1) continue;
    if (own > 0 && sinceWaist > 0 && own + sinceWaist > bytes && last) {
      chosen.push(last);
      own = 0;
    }
    own += sinceWaist;
    sinceWaist = 0;
    last = waist;
  }
  return chosen.length === 0 ? [source] : cutAt(source, chosen);
}

/** For each node that makes the one value which alone is needed later, of all that depends on an input: that value. */
function waists(source: Graph, order: readonly GraphNode[]): ReadonlyMap<number, GraphValue> {
  const varying = varyingValues(source);
  const lastUse = new Map<GraphValue, number>();
  for (const [i, made] of order.entries()) for (const value of made.inputs) if (varying.has(value)) lastUse.set(value, i);
  for (const value of Object.values(source.outputs)) lastUse.set(value, order.length);
  const live = new Set<GraphValue>(source.inputs.filter((value) => lastUse.has(value)));
  const found = new Map<number, GraphValue>();
  for (const [i, made] of order.entries()) {
    for (const value of made.inputs) if (lastUse.get(value) === i) live.delete(value);
    for (const value of made.outputs) if (varying.has(value) && (lastUse.get(value) ?? -1) > i) live.add(value);
    const [only] = live;
    if (live.size === 1 && only && made.outputs.includes(only) && lastUse.get(only) !== order.length) found.set(i, only);
  }
  return found;
}

function cutAt(source: Graph, cuts: readonly GraphValue[]): readonly Graph[] {
  const joints = cuts.map(({ shape, dtype }, i) => input(`stage.${i + 1}`, shape, dtype));
  return Array.from({ length: cuts.length + 1 }, (_, i) => {
    const [before, entry, exit] = [cuts[i - 1], joints[i - 1], cuts[i]];
    const outputs = exit ? { [joints[i]?.name as string]: exit } : source.outputs;
    const mapped = rewriteOutputs(outputs, (value) => (value === before && entry ? entry : value));
    return graph(`${source.name}.${i + 1}`, entry ? [entry] : source.inputs, mapped);
  });
}
