/** Between latents and sound, with the codec of a backbone: as much at a time as it decodes at once. */
import { decodeInPieces, decoderOf, firstLatents, latentsFor, planDecode, soundingLatents } from "@foley-control/audio-backbone";
import type { AudioBackbone, PlainTensor } from "@foley-control/core";
import type { GenerateOptions } from "../options.js";
import type { Executables } from "./executables.js";

/** So many of the latents of a clip sound in it. */
export const soundingFrames = ({ codec }: AudioBackbone, frames: number, seconds: number): number =>
  soundingLatents(codec, frames, latentsFor(codec, seconds));

/** Those of them. */
export const soundingOf = (backbone: AudioBackbone, latents: PlainTensor<"float32">, seconds: number): PlainTensor<"float32"> =>
  firstLatents(latents, soundingFrames(backbone, latents.shape[2] as number, seconds));

/** The sound of latents, channel by channel. */
export async function decode(
  executables: Executables,
  backbone: AudioBackbone,
  latents: PlainTensor<"float32">,
  { signal, onProgress }: Pick<GenerateOptions<unknown>, "signal" | "onProgress">,
): Promise<readonly Float32Array[]> {
  const frames = latents.shape[2] as number;
  const { whole, input } = decoderOf(backbone.codec, frames);
  let seen = latents;
  if (whole !== undefined) {
    using first = await executables.lease(`decode whole ${frames}`, () => whole, backbone.codec.weights);
    const { features } = await first.executable.run({ latents }, { signal });
    seen = features as PlainTensor<"float32">;
  }
  using decoder = await leaseDecoder(executables, backbone, frames);
  const audio = await decodeInPieces(backbone.codec, seen, async (piece, done, total) => {
    onProgress?.({ type: "decode-progress", done, total });
    const { audio: sound } = await decoder.executable.run({ [input]: piece }, { signal });
    onProgress?.({ type: "decode-progress", done: done + 1, total });
    return sound as PlainTensor<"float32">;
  });
  const [, channels, samples] = audio.shape as readonly [number, number, number];
  return Array.from({ length: channels }, (_, channel) => audio.data.subarray(channel * samples, (channel + 1) * samples));
}

/** The decoder for the pieces that `frames` latents are decoded in. */
export function leaseDecoder(executables: Executables, { codec }: AudioBackbone, frames: number) {
  const length = planDecode(codec, frames)[0]?.to ?? frames;
  return executables.lease(
    `decode ${length}${length < frames ? " in pieces" : ""}`,
    () => decoderOf(codec, frames).piece,
    codec.weights,
  );
}

/**
 * The latents of a sound.
 *
 * @param audio - [1, channels, frames · hop]
 */
export async function encode(
  executables: Executables,
  { codec }: AudioBackbone,
  audio: Float32Array,
  signal: AbortSignal | undefined,
): Promise<PlainTensor<"float32">> {
  const samples = audio.length / codec.channels;
  const frames = samples / codec.hop;
  using lease = await executables.lease(`encode ${frames}`, () => codec.encodeGraph({ frames }), codec.weights, { rare: true });
  const shape = [1, codec.channels, samples];
  const { latents } = await lease.executable.run({ audio: { dtype: "float32", shape, data: audio } }, { signal });
  return latents as PlainTensor<"float32">;
}
