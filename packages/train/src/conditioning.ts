/** How a backbone is told words and seconds in training: the one place here that knows the inputs of its conditioning. */
import type {
  AudioBackbone,
  AudioCodec,
  Executable,
  GraphValue,
  ParameterSource,
  PlainTensor,
  TextEncoder,
} from "@foley-control/core";
import { inline, input, ops, parametersOf } from "@foley-control/graph";

type Tensor = PlainTensor<"float32">;

/** Latents that cover so many seconds. */
export const latentFrames = ({ sampleRate, hop }: Pick<AudioCodec, "sampleRate" | "hop">, seconds: number): number =>
  Math.ceil(Math.round(seconds * sampleRate) / hop);

/**
 * A caption as the text encoder reads it and as it tells it.
 *
 * @param loaded - `text.graph()` in a runtime
 * @returns `ids` and `mask` [1, length], `tokens` [1, length, tokenWidth]
 */
export async function encodeCaption(
  loaded: Executable,
  text: TextEncoder,
  caption: string,
  options: { readonly signal?: AbortSignal | undefined } = {},
): Promise<{ readonly ids: PlainTensor; readonly mask: Tensor; readonly tokens: Tensor }> {
  const given = text.tokenise(caption);
  const shape = [1, text.length];
  const ids = { dtype: "int64", shape, data: given.ids } as const;
  const mask = { dtype: "float32", shape, data: given.mask } as const;
  const { tokens } = await loaded.run({ ids, mask }, options);
  return { ids, mask, tokens: tokens as Tensor };
}

/** What the conditioning of a backbone reads besides text tokens: clips of so many seconds, from their start. */
export function secondsInputs(
  backbone: Pick<AudioBackbone, "conditionGraph">,
  seconds: number,
  batch: number,
): Record<string, Tensor> {
  const known = new Set(backbone.conditionGraph().inputs.map(({ name }) => name));
  return Object.fromEntries(
    Object.entries({ secondsStart: 0, secondsTotal: seconds })
      .filter(([name]) => known.has(name))
      .map(([name, value]) => [name, { dtype: "float32", shape: [batch], data: new Float32Array(batch).fill(value) }]),
  );
}

/**
 * What a denoiser is conditioned by, in a graph.
 *
 * @returns its values by their names, and the inputs that they are made of: `tokens` [batch, length, tokenWidth], those of
 *   {@link secondsInputs}, and `textKept` [batch], where 0 drops the whole context, as stable-audio-tools does
 */
export function conditioning(
  backbone: Pick<AudioBackbone, "conditionGraph">,
  batch: number,
): { readonly inputs: readonly GraphValue[]; readonly values: Readonly<Record<string, GraphValue>> } {
  const source = backbone.conditionGraph({ batch });
  const { context, global } = inline(source, {});
  const textKept = input("textKept", [batch]);
  return {
    inputs: [...source.inputs, textKept],
    values: {
      context: ops.multiply(context as GraphValue, ops.reshape(textKept, [batch, 1, 1])),
      global: global as GraphValue,
    },
  };
}

/** What stays as it is while a bridge is trained: conditioning and denoiser, whether they lie in one file or in two. */
export function frozenParameters(backbone: Pick<AudioBackbone, "conditionGraph" | "denoiser" | "weights">): ParameterSource {
  const owner = new Map<string, ParameterSource>();
  for (const name of parametersOf(backbone.conditionGraph()).keys()) owner.set(name, backbone.weights);
  for (const name of parametersOf(backbone.denoiser.graph({ frames: 1 })).keys()) owner.set(name, backbone.denoiser.weights);
  return { names: () => [...owner.keys()], get: (name) => owner.get(name)?.get(name) };
}
