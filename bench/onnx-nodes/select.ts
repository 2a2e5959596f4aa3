/** A few small tests of each op, as one file: what `packages/graph` tests itself on. */
import { writeFileSync } from "node:fs";
import { fromBinary } from "@bufbuild/protobuf";
import { type AttributeProto, ModelProtoSchema } from "onnx-buf";
import { type NodeCase, type Numbers, withFixed } from "./case.js";
import { fixedOf } from "./judge.js";

/** Bytes of a test that is small. */
const SMALL = 900;

/** Tests of one op, more where its ways of working are many. */
const most = (op: string): number => ({ Resize: 12, Attention: 6, Pad: 5 })[op] ?? 2;

const base64 = (bytes: Uint8Array) => Buffer.from(bytes).toString("base64");
const tensor = ({ name, dtype, shape, data }: Numbers) => ({
  name,
  dtype,
  shape,
  b: base64(new Uint8Array(data.buffer, data.byteOffset, data.byteLength)),
});
const valueOf = ({ name, i, f, s, ints, floats }: AttributeProto) => `${name}=${i},${f},${base64(s)},${ints},${floats}`;

/** Writes tests that differ in their op, attributes or number of inputs. */
export function writeSelection(path: string, cases: readonly NodeCase[]): number {
  const perOp = new Map<string, number>();
  const seen = new Set<string>();
  const chosen = cases.flatMap((one) => {
    const nodes = fromBinary(ModelProtoSchema, one.bytes).graph?.node ?? [];
    const [node] = nodes;
    if (!node || nodes.length > 1 || one.name.includes("_expanded")) return [];
    const sizes = [...one.inputs, ...one.outputs].reduce((sum, { data }) => sum + data.byteLength, one.bytes.length);
    const ranks = one.inputs.map(({ shape }) => shape.length);
    const key = [node.domain, node.opType, ...node.attribute.map(valueOf), node.output.length, ranks].join(" ");
    const count = perOp.get(node.opType) ?? 0;
    if (sizes > SMALL || seen.has(key) || count >= most(node.opType)) return [];
    seen.add(key);
    perOp.set(node.opType, count + 1);
    const fixed = fixedOf(one);
    return [
      {
        name: one.name,
        tolerance: one.tolerance,
        model: base64(fixed.size > 0 ? withFixed(one, fixed) : one.bytes),
        inputs: one.inputs.filter(({ name }) => !fixed.has(name)).map(tensor),
        outputs: one.outputs.map(tensor),
      },
    ];
  });
  writeFileSync(path, `[\n${chosen.map((one) => JSON.stringify(one)).join(",\n")}\n]\n`);
  return chosen.length;
}
