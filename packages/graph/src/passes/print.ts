/** A canonical, diffable text of a graph: a change to a network shows in review as a change of its dump. */
import { bytesOf, float16ToFloat32, type Graph, type GraphAttribute, type GraphValue } from "@foley-control/core";
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
    const attributes = attributeText(made.attributes);
    const labels = made.outputs.flatMap((value) => value.name ?? []).join(", ");
    lines.push(
      `  ${outputs} = ${made.op}(${inputs})${attributes ? ` {${attributes}}` : ""}: ${made.outputs.map(typeOf).join(", ")}${labels ? ` # ${labels}` : ""}`,
    );
  }
  for (const [name, value] of Object.entries(source.outputs)) lines.push(`  output ${name} = ${idOf(value)}: ${typeOf(value)}`);
  return `${lines.join("\n")}\n`;
}

/** Attributes in alphabetical order. */
export function attributeText(attributes: Readonly<Record<string, GraphAttribute>>): string {
  const textOf = (value: GraphAttribute): string =>
    typeof value === "number"
      ? numberText(value)
      : Array.isArray(value)
        ? `[${value.map(numberText).join(",")}]`
        : JSON.stringify(value);
  return Object.keys(attributes)
    .sort()
    .map((key) => `${key}=${textOf(attributes[key] as GraphAttribute)}`)
    .join(" ");
}

const numberText = (value: number | bigint) => (Object.is(value, -0) ? "-0" : String(value));

/** One element is shown, more are shown as a digest of the bytes. */
function describeConstant(value: GraphValue): string {
  const data = value.data as Float32Array;
  if (data.length === 1) {
    const [element] =
      value.dtype === "float16"
        ? float16ToFloat32(value.data as Uint16Array)
        : (value.data as ArrayLike<number | bigint> & Iterable<number | bigint>);
    return `${typeOf(value)}(${numberText(element as number | bigint)})`;
  }
  return `${typeOf(value)}(#${hashOf(bytesOf(data)).toString(16).padStart(8, "0")})`;
}

/** FNV-1a, 32 bits. */
export function hashOf(bytes: Uint8Array): number {
  let hash = 0x811c9dc5;
  for (const byte of bytes) hash = Math.imul(hash ^ byte, 0x01000193);
  return hash >>> 0;
}
