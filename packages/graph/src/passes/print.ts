/** A canonical, diffable text of a graph: a change to a network shows in review as a change of its dump. */
import type { Graph, GraphValue } from "@foley-control/core";
import { nodesOf, parametersOf } from "../value.js";

const typeOf = (value: GraphValue) => `${value.dtype}[${value.shape.join(", ")}]`;

/** One line per input, parameter, node and output; the same graph always gives the same text. */
export function print(source: Graph): string {
  const ids = new Map<GraphValue, string>();
  const lines = [`graph ${source.name}`];
  for (const value of source.inputs) {
    ids.set(value, value.name ?? "?");
    lines.push(`  input ${value.name}: ${typeOf(value)}`);
  }
  for (const [name, value] of parametersOf(source)) {
    ids.set(value, `@${name}`);
    lines.push(`  parameter ${name}: ${typeOf(value)}`);
  }
  let counter = 0;
  const idOf = (value: GraphValue): string => {
    const known = ids.get(value);
    if (known) return known;
    if (value.kind === "constant") return describeConstant(value);
    const id = value.kind === "parameter" ? `@${value.name}` : `%${counter++}`;
    ids.set(value, id);
    return id;
  };
  for (const made of nodesOf(source)) {
    const inputs = made.inputs.map(idOf).join(", ");
    const outputs = made.outputs.map(idOf).join(", ");
    const attributes = Object.entries(made.attributes).map(([key, value]) => `${key}=${JSON.stringify(value)}`).join(" ");
    const label = made.outputs[0]?.name ? ` # ${made.outputs[0].name}` : "";
    lines.push(`  ${outputs} = ${made.op}(${inputs})${attributes ? ` {${attributes}}` : ""}: ${made.outputs.map(typeOf).join(", ")}${label}`);
  }
  for (const [name, value] of Object.entries(source.outputs)) lines.push(`  output ${name} = ${idOf(value)}: ${typeOf(value)}`);
  return `${lines.join("\n")}\n`;
}

function describeConstant(value: GraphValue): string {
  const data = value.data as ArrayLike<number | bigint>;
  if (data.length === 1) return `${typeOf(value)}(${String(data[0])})`;
  let hash = 0x811c9dc5;
  const bytes = new Uint8Array((value.data as Float32Array).buffer, (value.data as Float32Array).byteOffset, (value.data as Float32Array).byteLength);
  for (const byte of bytes) hash = Math.imul(hash ^ byte, 0x01000193) >>> 0;
  return `${typeOf(value)}(#${hash.toString(16).padStart(8, "0")})`;
}
