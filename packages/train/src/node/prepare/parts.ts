/** The frozen parts that make features, loaded for clips of one length, and what identifies them. */

import { encodeText } from "@foley-control/audio-backbone";
import { packedSize, packTokens, tokenSource } from "@foley-control/bridge";
import {
  type AudioBackbone,
  type Executable,
  FoleyError,
  type Graph,
  type ParameterSource,
  type PlainTensor,
  type Runtime,
  type VideoEncoder,
} from "@foley-control/core";
import { sha256 } from "@foley-control/files/node";
import { parametersOf } from "@foley-control/graph";
import { fitLength, type Pcm, resamplePcm, withChannels } from "@foley-control/media";
import { encodeSegments, planSegments, type SegmentPixels, wholeFrames, withFoundEvents } from "@foley-control/video-encoder";
import { weightsDigest } from "@foley-control/weights/node";
import { PREPARED_FORMAT, type PreparedManifest, type PreparedVideo } from "../../data/clip-row.js";
import { half, type Tensors } from "../shard-rows.js";

/** What makes features. */
export interface FeatureParts {
  /** Pictures → video tokens. */
  readonly encoder: VideoEncoder;
  /** Further encoders whose tokens stand beside those of the first, for a bridge that reads all. */
  readonly beside?: readonly VideoEncoder[] | undefined;
  /** Sound → latents, captions → text tokens. Its denoiser is not used. */
  readonly backbone: Pick<AudioBackbone, "codec" | "text" | "frames">;
}

/** An encoder, and how it looks at a clip. */
export interface Look {
  /** It. */
  readonly encoder: VideoEncoder;
  /** Frames that are read of a clip. */
  readonly pictures: number;
  /** Steps of tokens that a clip has. */
  readonly steps: number;
}

/** Parts in a runtime. */
export interface LoadedParts {
  /** What identifies them and the clip's length. */
  readonly manifest: PreparedManifest;
  /** The encoders, the first one first. */
  readonly looks: readonly Look[];
  /** Features of one clip, of its pictures or of tokens that are known, for each encoder: `video` [1, tokens, width], `latents` and perhaps `latentsStd` [1, channels, frames], all float16. */
  features(
    sound: Pcm,
    pictures: readonly (readonly SegmentPixels[] | PlainTensor<"float32">)[],
    options: { readonly signal?: AbortSignal | undefined },
  ): Promise<Tensors>;
  /** Embedding of one caption: `textTokens` [1, length, width] float16 and `textMask` float32 [1, length]. */
  text(caption: string, options: { readonly signal?: AbortSignal | undefined }): Promise<Tensors>;
  /** Releases the networks. */
  dispose(): Promise<void>;
}

/**
 * Loads the parts. Reads all of their weights once, for the digests.
 *
 * @throws FoleyError `bad-weights` when parameters are missing; `invalid-argument` when the length is no whole number of frames
 */
export async function loadParts(
  runtime: Runtime,
  { encoder: firstEncoder, beside = [], backbone }: FeatureParts,
  seconds: number,
  options: { readonly signal?: AbortSignal | undefined } = {},
): Promise<LoadedParts> {
  const { codec, text } = backbone;
  const looks = [firstEncoder, ...beside].map((encoder): Look & { readonly tokens: number } => {
    const pictures = wholeFrames(seconds, encoder.frameRate);
    const tokens = planSegments(pictures, encoder).reduce((sum, segment) => sum + segment.tokens, 0);
    return { encoder, pictures, tokens, steps: tokens / (encoder.tokensPerStep ?? 1) };
  });
  const samples = Math.round(seconds * codec.sampleRate);
  const frames = backbone.frames(seconds);
  const encodeGraph = codec.posteriorGraph?.({ frames }) ?? codec.encodeGraph({ frames });
  const graphs = [
    [encodeGraph, codec.weights] as const,
    [text.graph(), text.weights] as const,
    ...looks.map(({ encoder }) => [encoder.graph({ frames: encoder.window }), encoder.weights] as const),
  ];
  const digests: string[] = [];
  for (const [graph, weights] of graphs) digests.push(await graphWeightsDigest(graph, weights, options));
  const [audioDigest, textDigest, ...videoDigests] = digests as [string, string, ...string[]];
  const loaded: Executable[] = [];
  const dispose = async (): Promise<void> => void (await Promise.all(loaded.map((executable) => executable.dispose())));
  try {
    for (const [graph, weights] of graphs) loaded.push(await runtime.load(graph, weights, options));
  } catch (error) {
    await dispose();
    throw error;
  }
  const [audio, words, ...videos] = loaded as [Executable, Executable, ...Executable[]];
  const manifest: PreparedManifest = {
    format: PREPARED_FORMAT,
    seconds,
    video: preparedVideo(
      looks.map(({ encoder, tokens }, place) => {
        const { encoder: id, ...source } = tokenSource(encoder);
        return { id, digest: videoDigests[place] as string, tokens, ...source };
      }),
    ),
    audio: {
      id: codec.id,
      digest: audioDigest,
      channels: codec.latentChannels,
      frames,
      latentRate: codec.latentRate,
      sampleRate: codec.sampleRate,
      deviation: codec.posteriorGraph !== undefined,
    },
    text: { id: text.id, digest: textDigest, length: text.length, tokenWidth: text.tokenWidth },
  };
  return {
    manifest,
    looks,
    dispose,
    async features(sound, pictures, { signal }) {
      const { channels } = fitLength(resamplePcm(withChannels(sound, codec.channels), codec.sampleRate), samples);
      const data = new Float32Array(codec.channels * frames * codec.hop);
      for (const [i, channel] of channels.entries()) data.set(channel, i * frames * codec.hop);
      const shape = [1, codec.channels, frames * codec.hop];
      const encoded = await audio.run({ audio: { dtype: "float32", shape, data } }, { signal });
      const seen: PlainTensor<"float32">[] = [];
      for (const [place, { encoder, tokens }] of looks.entries()) {
        const picture = pictures[place] as (typeof pictures)[number];
        const found =
          "data" in picture
            ? picture
            : withFoundEvents(await encodeSegments(videos[place] as Executable, encoder, picture, { signal }), encoder).tokens;
        if (found.shape[1] !== tokens) {
          throw new FoleyError("bad-file", `The picture gave ${found.shape[1]} tokens; ${tokens} were expected.`, {
            hint: "The clip is shorter than its container says.",
          });
        }
        seen.push(found);
      }
      return {
        video: half(packTokens(seen), "A video token"),
        latents: half(encoded["latents"] as PlainTensor<"float32">, "A latent"),
        ...(encoded["std"] ? { latentsStd: half(encoded["std"] as PlainTensor<"float32">, "A deviation of a latent") } : {}),
      };
    },
    async text(caption, { signal }) {
      const { mask, tokens } = await encodeText(backbone, (_, inputs) => words.run(inputs, { signal }), caption);
      return { textTokens: half(tokens, "A text token"), textMask: mask };
    },
  };
}

/** Of one encoder what it is; of several all of them, under what they are together. */
function preparedVideo(encoders: readonly PreparedVideo[]): PreparedManifest["video"] {
  const [first, ...others] = encoders as readonly [PreparedVideo, ...PreparedVideo[]];
  if (others.length === 0) return first;
  return {
    ...first,
    ...packedSize(encoders),
    id: encoders.map(({ id }) => id).join(" + "),
    digest: sha256(...encoders.map(({ digest }) => digest)),
    encoders,
  };
}

/** SHA-256 over the parameters that a graph reads. */
export const graphWeightsDigest = (
  graph: Graph,
  weights: ParameterSource,
  options: { readonly signal?: AbortSignal | undefined } = {},
): Promise<string> => weightsDigest(weights, { ...options, names: parametersOf(graph).keys() });
