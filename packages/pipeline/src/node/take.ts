/** A take that writes files: whole or not at all. */
import { fileURLToPath } from "node:url";
import { type NodeMediaFile, type NodeMediaSource, saveSound } from "@foley-control/media/node";
import {
  createTake,
  DEFAULT_SAVE_BITS,
  DEFAULT_SAVE_RATE,
  fileRate,
  newSoundOptions,
  type SoundFileOptions,
  type Take,
  type TakeSource,
  type VideoFileOptions,
  withClip,
} from "../take.js";

/** A take on Node. */
export interface NodeTake extends Take {
  /**
   * Writes the clip with the new sound; the picture's packets are copied bit for bit. The container follows the extension:
   * .mp4, .mov, .webm or .mkv.
   *
   * @throws FoleyError `not-writable`, also when `path` is the clip itself; `no-video` without a clip; `unsupported`.
   */
  saveVideo(path: string, options?: VideoFileOptions): Promise<void>;
  /**
   * Writes the sound alone: .wav (48 kHz, 24 bits unless asked otherwise) or .flac (48 kHz, 16 bits).
   *
   * @throws FoleyError `not-writable`, also when `path` is the clip itself; `unsupported` for another extension.
   */
  saveAudio(path: string, options?: SoundFileOptions & { readonly signal?: AbortSignal | undefined }): Promise<void>;
}

/** Makes a take. */
export function createNodeTake(
  source: Omit<TakeSource, "open"> & {
    readonly open: (() => Promise<NodeMediaFile>) | undefined;
    readonly clip: NodeMediaSource | undefined;
  },
): NodeTake {
  const take = createTake(source);
  const { clip } = source;
  // A take never writes over what it was made from.
  const inputs = typeof clip === "string" ? [clip] : clip instanceof URL ? [fileURLToPath(clip)] : [];
  const { sound, span } = source;
  return Object.assign(take, {
    saveVideo: (target: string, options?: VideoFileOptions) =>
      withClip(source.open, (media) => media.saveWithAudio(target, sound, newSoundOptions(source, options))),
    async saveAudio(target: string, { signal, ...options }: SaveAudioOptions = {}) {
      const { bits = DEFAULT_SAVE_BITS, sampleRate = DEFAULT_SAVE_RATE } = options;
      const rate = fileRate(sampleRate, sound.sampleRate);
      await saveSound(target, sound, { sampleRate: rate, bits, seconds: span.duration, inputs, signal });
    },
  });
}

/** Options of a saved sound, and what stops the writing. */
type SaveAudioOptions = SoundFileOptions & { readonly signal?: AbortSignal | undefined };
