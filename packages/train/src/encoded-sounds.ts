/** Clips as the small denoiser hears them. A training comes back to its clips: each is made and encoded when it is first asked for, and kept. */
import {
  type AudioBackbone,
  createRandom,
  elementCount,
  float16ToFloat32,
  float32ToFloat16,
  normalArray,
  type PlainTensor,
  type Runtime,
  type StreamPart,
} from "@foley-control/core";
import type { SoundClip, SoundOf } from "./sound-of.js";

/** Sounds of clips; what they take is a latent's worth of float16 per clip. */
export interface Sounds {
  /**
   * Inputs of `denoiserLoss` but `time` and `textKept`: latents, one of the captions of each, and noise.
   *
   * @param key - tells the noise and captions of one batch from those of another
   */
  batch(clips: readonly SoundClip[], ...key: readonly StreamPart[]): Promise<Record<string, PlainTensor>>;
  /** Releases the codec. */
  dispose(): Promise<void>;
}

/** What is known of one. */
interface Heard {
  readonly latents: Uint16Array;
  readonly captions: readonly string[];
}

/** Options of {@link encodedSounds}. */
export interface EncodedSoundsOptions {
  /** Of the training. */
  readonly seed: number;
  /** Length of the clips. */
  readonly seconds: number;
  /** The length that the denoiser is told. Default: theirs. */
  readonly conditioned?: number;
  /** What they sound of. */
  readonly soundOf: SoundOf;
}

/** Loads the codec of a backbone. */
export async function encodedSounds(
  runtime: Runtime,
  { codec, text, frames: framesFor }: Pick<AudioBackbone, "codec" | "text" | "frames">,
  { seed, seconds, conditioned = seconds, soundOf }: EncodedSoundsOptions,
): Promise<Sounds> {
  const frames = framesFor(seconds);
  const encoder = await runtime.load(codec.encodeGraph({ frames }), codec.weights);
  const kept = new Map<string, Promise<Heard>>();
  const hear = async (clip: SoundClip): Promise<Heard> => {
    const { audio, captions } = soundOf(clip);
    const data = new Float32Array(frames * codec.hop);
    data.set(audio.subarray(0, data.length));
    const { latents } = await encoder.run({ audio: { dtype: "float32", shape: [1, 1, data.length], data } });
    return { latents: float32ToFloat16(latents?.data as Float32Array), captions };
  };
  return {
    async batch(clips, ...key) {
      const all = await Promise.all(
        clips.map((clip) => {
          const name = `${clip.seed} ${clip.kind ?? ""} ${clip.classes?.join() ?? ""}`;
          const heard = kept.get(name) ?? hear(clip);
          kept.set(name, heard);
          return heard;
        }),
      );
      const rows = all.length;
      const shape = [rows, codec.latentChannels, frames] as const;
      const latents = new Float32Array(elementCount(shape));
      const ids = new BigInt64Array(rows * text.length);
      const mask = new Float32Array(rows * text.length);
      for (const [row, heard] of all.entries()) {
        latents.set(float16ToFloat32(heard.latents), row * heard.latents.length);
        const said = text.tokenise(createRandom(seed, ...key, "caption", row).pick(heard.captions));
        ids.set(said.ids, row * text.length);
        mask.set(said.mask, row * text.length);
      }
      return {
        latents: { dtype: "float32", shape, data: latents },
        noise: { dtype: "float32", shape, data: normalArray(seed, [...key, "noise"], latents.length) },
        ids: { dtype: "int64", shape: [rows, text.length], data: ids },
        mask: { dtype: "float32", shape: [rows, text.length], data: mask },
        seconds: { dtype: "float32", shape: [rows], data: new Float32Array(rows).fill(conditioned) },
      };
    },
    dispose: () => encoder.dispose(),
  };
}
