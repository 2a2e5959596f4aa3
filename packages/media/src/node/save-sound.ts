/** Sound into a file, piece by piece: the bytes of `encodeWav` and `encodeFlac`, of a sound of any length. */
import { extname } from "node:path";
import { assertKind, FoleyError } from "@foley-control/core";
import { assertWritable, writeFileAtomically } from "@foley-control/files/node";
import { pcmSource, type Sound } from "../audio/pcm-source.js";
import { placed, resampled, type SoundStream, streamOf } from "../audio/sound-stream.js";
import type { WavBits } from "../audio/wav.js";
import { wavStream } from "../audio/wav-stream.js";

/** Options of {@link saveSound}. */
export interface SaveSoundOptions {
  /** Hz of the file. Default: that of the sound. */
  readonly sampleRate?: number | undefined;
  /** WAV only. Default 16. */
  readonly bits?: WavBits | undefined;
  /** Seconds of the file, `round(seconds × sampleRate)` samples: the sound is cut, or silent at its end. Default: as long as the sound. */
  readonly seconds?: number | undefined;
  /** Files that are being read and must not be overwritten. */
  readonly inputs?: readonly string[] | undefined;
  /** Stops the writing; nothing of the file is left. */
  readonly signal?: AbortSignal | undefined;
}

/** Extensions of sound files that can be written. */
const SOUND_EXTENSIONS = [".wav", ".flac"] as const;

/**
 * Writes a sound into a file that appears whole or not at all: .wav, or .flac of 16 bits.
 *
 * @throws FoleyError `not-writable`; `unsupported` for another extension; `too-long` for a WAV file of more than 4 GiB.
 */
export async function saveSound(path: string, sound: Sound, options: SaveSoundOptions = {}): Promise<void> {
  assertKind("path", path, "text", "Pass the path first, then the sound.");
  const extension = soundExtension(path);
  const source = pcmSource(sound, "sound");
  const { sampleRate = source.sampleRate, bits, inputs = [], signal } = options;
  const { seconds: totalSeconds = source.length / source.sampleRate } = options;
  await assertWritable(path, inputs);
  const stream = streamOf(source);
  await writeFileAtomically(
    path,
    async (writer) => {
      if (extension === ".wav") {
        for await (const bytes of wavStream(pieces(stream), { totalSeconds, sampleRate, bits })) await writer.write(bytes);
        return;
      }
      const { streamFlac } = await import("../audio/flac-file.js");
      const fitted = placed(resampled(stream, sampleRate), 0, Math.round(totalSeconds * sampleRate));
      const file = new WritableStream<{ readonly data: Uint8Array; readonly position: number }>({
        write: ({ data, position }) => writer.write(data, position),
      });
      await streamFlac(fitted, file, signal);
    },
    { inputs, signal },
  );
}

async function* pieces({ sampleRate, blocks }: SoundStream) {
  for await (const channels of blocks) yield { sampleRate, channels };
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
