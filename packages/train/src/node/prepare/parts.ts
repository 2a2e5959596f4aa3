/** The frozen parts that make features, loaded for clips of one length, and what identifies them. */

import { encodeText } from "@foley-control/audio-backbone";
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
import { parametersOf } from "@foley-control/graph";
import { fitLength, type Pcm, resamplePcm, withChannels } from "@foley-control/media";
import { encodeSegments, planSegments, type SegmentPixels, wholeFrames, withFoundEvents } from "@foley-control/video-encoder";
import { weightsDigest } from "@foley-control/weights/node";
import { PREPARED_FORMAT, type PreparedManifest } from "../../data/clip-row.js";
import { half, type Tensors } from "../shard-rows.js";

/** What makes features. */
export interface FeatureParts {
  /** Pictures → video tokens. */
  readonly encoder: VideoEncoder;
  /** Sound → latents, captions → text tokens. Its denoiser is not used. */
  readonly backbone: Pick<AudioBackbone, "codec" | "text" | "frames">;
}

/** Parts in a runtime. */
export interface LoadedParts {
  /** What identifies them and the clip's length. */
  readonly manifest: PreparedManifest;
  /** Frames that are read of a clip. */
  readonly pictures: number;
  /** Steps of tokens that a clip has. */
  readonly steps: number;
  /** Features of one clip, of its pictures or of tokens that are known: `video` [1, tokens, width], `latents` and perhaps `latentsStd` [1, channels, frames], all float16. */
  features(
    sound: Pcm,
    picture: readonly SegmentPixels[] | PlainTensor<"float32">,
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
  { encoder, backbone }: FeatureParts,
  seconds: number,
  options: { readonly signal?: AbortSignal | undefined } = {},
): Promise<LoadedParts> {
  const { codec, text } = backbone;
  const pictures = wholeFrames(seconds, encoder.frameRate);
  const samples = Math.round(seconds * codec.sampleRate);
  const frames = backbone.frames(seconds);
  const encodeGraph = codec.posteriorGraph?.({ frames }) ?? codec.encodeGraph({ frames });
  const graphs = [
    [encoder.graph({ frames: encoder.window }), encoder.weights],
    [encodeGraph, codec.weights],
    [text.graph(), text.weights],
  ] as const;
  const digests: string[] = [];
  for (const [graph, weights] of graphs) digests.push(await graphWeightsDigest(graph, weights, options));
  const [videoDigest, audioDigest, textDigest] = digests as [string, string, string];
  const tokenCount = planSegments(pictures, encoder).reduce((sum, segment) => sum + segment.tokens, 0);
  const loaded: Executable[] = [];
  const dispose = async (): Promise<void> => void (await Promise.all(loaded.map((executable) => executable.dispose())));
  try {
    for (const [graph, weights] of graphs) loaded.push(await runtime.load(graph, weights, options));
  } catch (error) {
    await dispose();
    throw error;
  }
  const [video, audio, words] = loaded as [Executable, Executable, Executable];
  const manifest: PreparedManifest = {
    format: PREPARED_FORMAT,
    seconds,
    video: {
      id: encoder.id,
      digest: videoDigest,
      tokens: tokenCount,
      tokenWidth: encoder.tokenWidth,
      tokenRate: encoder.tokenRate,
      tokensPerStep: encoder.tokensPerStep ?? 1,
    },
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
    pictures,
    steps: tokenCount / (encoder.tokensPerStep ?? 1),
    dispose,
    async features(sound, picture, { signal }) {
      const { channels } = fitLength(resamplePcm(withChannels(sound, codec.channels), codec.sampleRate), samples);
      const data = new Float32Array(codec.channels * frames * codec.hop);
      for (const [i, channel] of channels.entries()) data.set(channel, i * frames * codec.hop);
      const shape = [1, codec.channels, frames * codec.hop];
      const encoded = await audio.run({ audio: { dtype: "float32", shape, data } }, { signal });
      const seen =
        "data" in picture ? picture : withFoundEvents(await encodeSegments(video, encoder, picture, { signal }), encoder).tokens;
      if (seen.shape[1] !== tokenCount) {
        throw new FoleyError("bad-file", `The picture gave ${seen.shape[1]} tokens; ${tokenCount} were expected.`, {
          hint: "The clip is shorter than its container says.",
        });
      }
      return {
        video: half(seen, "A video token"),
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

/** SHA-256 over the parameters that a graph reads. */
export const graphWeightsDigest = (
  graph: Graph,
  weights: ParameterSource,
  options: { readonly signal?: AbortSignal | undefined } = {},
): Promise<string> => weightsDigest(weights, { ...options, names: parametersOf(graph).keys() });
