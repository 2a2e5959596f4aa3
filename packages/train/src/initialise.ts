/** Starting values of the small networks: one rule per kind of parameter, numbers keyed by (seed, name). */
import { createRandom, elementCount, type Graph, normalArray, type PlainTensor, type Shape } from "@foley-control/core";
import { parametersOf } from "@foley-control/graph";

/** Ends of names whose layer closes a residual branch: they start at zero (stable-audio-tools `zero_init_branch_outputs`). */
const zeroEndings = [
  "to_out.weight",
  "ff.ff.2.weight",
  "preprocess_conv.weight",
  "postprocess_conv.weight",
  "attention.proj.weight",
  "mlp.fc2.weight",
  ".fc2.weight",
  ".mix.weight",
  "text.layers.0.out.weight",
  "text.layers.1.out.weight",
];
const frequencyEndings = ["timestep_features.weight", "embedding.0.weights"];

/** The start of one parameter. */
export function initialValue(name: string, shape: Shape, seed: number): PlainTensor<"float32"> {
  const size = elementCount(shape);
  const data = new Float32Array(size);
  const tensor = { dtype: "float32", shape, data } as const;
  if (name.endsWith("bias") || name.endsWith("beta")) return tensor;
  if (name.endsWith("gamma") || (shape.length === 1 && name.endsWith(".weight"))) return { ...tensor, data: data.fill(1) };
  if (frequencyEndings.some((ending) => name.endsWith(ending)))
    return { ...tensor, data: normalArray(seed, ["initialise", name], size) };
  if (zeroEndings.some((ending) => name.endsWith(ending))) return tensor;
  if (name.endsWith("embedding.weight"))
    return { ...tensor, data: normalArray(seed, ["initialise", name], size).map((x) => 0.5 * x) };
  const limit = Math.sqrt(6 / ((shape[0] as number) + elementCount(shape.slice(1))));
  const random = createRandom(seed, "initialise", name);
  for (let i = 0; i < size; i++) data[i] = random.range(-limit, limit);
  return tensor;
}

/** The start of every parameter of a graph, or of those that `filter` accepts. */
export function initialise(
  source: Graph,
  seed: number,
  filter: (name: string) => boolean = () => true,
): Record<string, PlainTensor<"float32">> {
  return Object.fromEntries(
    [...parametersOf(source)]
      .filter(([name]) => filter(name))
      .map(([name, value]) => [name, initialValue(name, value.shape, seed)]),
  );
}
