/** How a backbone is told words and seconds in training: what its condition graph is given, and what stands in for text that is dropped. */
import { clipSize, conditionInputs, type EncodedText, encodeText, sampledSeconds } from "@foley-control/audio-backbone";
import type { AudioBackbone, ClipSize, GraphValue, ParameterSource, PlainTensor, Runtime } from "@foley-control/core";
import { inline, parametersOf } from "@foley-control/graph";

type Tensor = PlainTensor<"float32">;
/** What this file must know of a backbone. */
type Conditioned = Pick<AudioBackbone, "conditionGraph" | "denoiser">;

/** What a denoiser is conditioned by, in a graph: its values by their names, and the inputs that they are made of. */
export function conditioning(
  backbone: Conditioned,
  size: ClipSize & { readonly batch: number },
): { readonly inputs: readonly GraphValue[]; readonly values: Readonly<Record<string, GraphValue>> } {
  const source = backbone.conditionGraph(size);
  return { inputs: source.inputs, values: inline(source, {}) };
}

/** The encoded empty text, for a backbone that has nothing else to put in the place of text. */
export async function silenceOf(backbone: AudioBackbone, runtime: Runtime): Promise<EncodedText | undefined> {
  if (backbone.conditionGraph(shortest(backbone)).inputs.some(({ name }) => name === "textKept")) return undefined;
  return encodeText(
    backbone,
    async ({ build, weights }, inputs) => {
      const encoder = await runtime.load(build(), weights);
      return encoder.run(inputs).finally(() => encoder.dispose());
    },
    "",
  );
}

/** The inputs of {@link conditioning} for captions, of which some are kept; the others are silence. */
export function captionInputs(
  backbone: AudioBackbone,
  size: ClipSize,
  seconds: number,
  captions: { readonly tokens: Tensor; readonly mask: Tensor; readonly kept: readonly boolean[] },
  silence: EncodedText | undefined,
): Record<string, Tensor> {
  const { tokens, mask, kept } = captions;
  const batch = kept.length;
  if (silence)
    for (const [row, stays] of kept.entries()) {
      if (stays) continue;
      tokens.data.set(silence.tokens.data, (row * tokens.data.length) / batch);
      mask.data.set(silence.mask.data, (row * mask.data.length) / batch);
    }
  const textKept: Tensor = { dtype: "float32", shape: [batch], data: Float32Array.from(kept, Number) };
  return { ...conditionInputs(backbone, backbone.conditionGraph({ ...size, batch }), { tokens, mask, textKept, seconds }) };
}

/** What stays as it is while a bridge is trained: conditioning and denoiser, whether they lie in one file or in two. */
export function frozenParameters(backbone: AudioBackbone): ParameterSource {
  const size = shortest(backbone);
  const owner = new Map<string, ParameterSource>();
  for (const name of parametersOf(backbone.conditionGraph(size)).keys()) owner.set(name, backbone.weights);
  for (const name of parametersOf(backbone.denoiser.graph(size)).keys()) owner.set(name, backbone.denoiser.weights);
  return { names: () => [...owner.keys()], get: (name) => owner.get(name)?.get(name) };
}

/** The size of a graph that is only looked at: any that the backbone can have. */
const shortest = (backbone: AudioBackbone): ClipSize => clipSize(backbone, sampledSeconds(backbone, 1));
