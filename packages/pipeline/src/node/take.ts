/** A take that writes files: whole or not at all. */
import { extname } from "node:path";
import { fileURLToPath } from "node:url";
import { FoleyError } from "@foley-control/core";
import { assertWritable, writeFileAtomically } from "@foley-control/files/node";
import type { NodeMediaFile, NodeMediaSource } from "@foley-control/media/node";
import {
  createTake,
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

/** Extensions of sound files that can be written. */
const SOUND_EXTENSIONS = [".wav", ".flac"] as const;

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
  return {
    ...take,
    saveVideo: (target, options) =>
      withClip(source.open, (media) =>
        media.saveWithAudio(target, take.pcm({ sampleRate: "native" }), newSoundOptions(source, options)),
      ),
    async saveAudio(target, { signal, ...options } = {}) {
      const extension = soundExtension(target);
      await assertWritable(target, inputs);
      const bytes = extension === ".wav" ? take.toWav(options) : await take.toFlac(options);
      await writeFileAtomically(target, bytes, { inputs, signal });
    },
  };
}

/**
 * The extension of a sound file's name, checked.
 *
 * @throws FoleyError `unsupported` for anything but .wav and .flac.
 */
export function soundExtension(path: string): (typeof SOUND_EXTENSIONS)[number] {
  const extension = extname(path).toLowerCase();
  const known = SOUND_EXTENSIONS.find((one) => one === extension);
  if (known === undefined)
    throw new FoleyError(
      "unsupported",
      `"${path}" ends in ${extension === "" ? "no extension" : `"${extension}"`}; .wav or .flac was expected.`,
      { hint: "Rename the output." },
    );
  return known;
}
