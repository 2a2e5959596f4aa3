/** What graphs of a release expect of its weights. */
import type { Graph } from "@foley-control/core";
import { parametersOf } from "@foley-control/graph";
import type { ExpectedParameter } from "@foley-control/weights";

/** The parameters of graphs as `checkParameters` wants them: in float32, or in float16, which is widened. */
export function parametersRead(...graphs: readonly Graph[]): readonly ExpectedParameter[] {
  const read = new Map(graphs.flatMap((graph) => [...parametersOf(graph)]));
  return [...read].map(([name, { shape }]) => ({ name, shape, dtypes: ["float32", "float16"] as const }));
}
