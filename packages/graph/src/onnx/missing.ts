/** Which ops of a file are not read, all of them at once: whoever has to replace them wants to know how many there are. */
import type { FunctionProto, GraphProto, NodeProto } from "onnx-buf";
import { importerOf, isStandard } from "./importers/table.js";

/** An op as messages and tables name it. */
export const opName = ({ domain, opType }: Pick<NodeProto, "domain" | "opType">): string =>
  (isStandard(domain) ? opType : `${domain}.${opType}`).slice(0, 200);

/** Names of ops that results need and nothing translates, in order. Branches are not looked into: which one is taken is not told yet. */
export function missingOps(source: GraphProto, functions: (node: NodeProto) => FunctionProto | undefined): readonly string[] {
  const missing = new Set<string>();
  const called = new Set<FunctionProto>();
  const bodies = [{ nodes: source.node, results: source.output.map(({ name }) => name) }];
  for (let body = bodies.pop(); body; body = bodies.pop()) {
    const makers = new Map(body.nodes.flatMap((node) => node.output.map((name) => [name, node] as const)));
    const open = [...body.results];
    const seen = new Set<NodeProto>();
    for (let name = open.pop(); name !== undefined; name = open.pop()) {
      const node = makers.get(name);
      if (!node || seen.has(node)) continue;
      seen.add(node);
      open.push(...node.input);
      const inner = functions(node);
      if (inner && !called.has(inner)) {
        called.add(inner);
        bodies.push({ nodes: inner.node, results: inner.output });
      } else if (!inner && !importerOf(node.domain, node.opType) && !(isStandard(node.domain) && node.opType === "If"))
        missing.add(opName(node));
    }
  }
  return [...missing].sort();
}
