/** Which graph computes a batch, and the parts of it that a graph of fewer rows computes. */
import { elementCount, FoleyError, type Graph, type PlainTensor } from "@foley-control/core";

/**
 * The inputs of one part, as views on the batch. The first axis of every input is that of the rows; single numbers belong to every part.
 *
 * @param source - the graph of one part
 * @param batch - `parts` times the rows of the graph in every input
 * @throws FoleyError `shape-mismatch` for an input that is not so many rows
 */
export function partOf(
  source: Graph,
  batch: Readonly<Record<string, PlainTensor>>,
  part: number,
  parts: number,
): Record<string, PlainTensor> {
  const inputs: Record<string, PlainTensor> = { ...batch };
  for (const { name = "", shape } of source.inputs) {
    const given = batch[name];
    // What is missing is told by the runtime.
    if (!given || shape.length === 0) continue;
    const whole = [(shape[0] as number) * parts, ...shape.slice(1)];
    if (given.shape.join() !== whole.join()) {
      throw new FoleyError(
        "shape-mismatch",
        `The batch has "${name}" as [${given.shape.join(", ")}], expected [${whole.join(", ")}].`,
        {
          hint: `It is computed in ${parts} parts of ${shape[0]} rows.`,
        },
      );
    }
    const size = elementCount(shape);
    inputs[name] = { ...given, shape, data: given.data.subarray(part * size, (part + 1) * size) } as PlainTensor;
  }
  return inputs;
}

/**
 * Which of the graphs of a training computes a batch: the one whose inputs are of its shapes. One alone computes all, and says what does not fit.
 *
 * @throws FoleyError `shape-mismatch` when none fits
 */
export function graphOf(sources: readonly Graph[], batch: Readonly<Record<string, PlainTensor>>, parts: number): number {
  if (sources.length === 1) return 0;
  const wanted = ({ shape }: Graph["inputs"][number]) =>
    shape.length === 0 ? shape : [(shape[0] as number) * parts, ...shape.slice(1)];
  const index = sources.findIndex(({ inputs }) =>
    inputs.every((one) => batch[one.name ?? ""]?.shape.join() === wanted(one).join()),
  );
  if (index >= 0) return index;
  const shapes = (one: readonly (readonly [string, readonly unknown[]])[]) =>
    one.map(([name, shape]) => `"${name}" [${shape.join(", ")}]`).join(", ");
  throw new FoleyError(
    "shape-mismatch",
    `The batch has ${shapes(Object.entries(batch).map(([name, { shape }]) => [name, shape]))}, which fits none of the graphs.`,
    { hint: sources.map(({ inputs }) => shapes(inputs.map((one) => [one.name ?? "", wanted(one)]))).join("; or ") },
  );
}
