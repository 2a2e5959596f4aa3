/** What a generation gives back: the sound, how it was made, and the ways to bring it into a file. */
import { type EventTrack, FoleyError, type ProgressListener, tensor, type Warning, type Waveform } from "@foley-control/core";
import {
  encodeFlac,
  encodeWav,
  fitLength,
  type MediaFile,
  type OriginalSound,
  type Pcm,
  type PcmSource,
  type ReplaceAudioOptions,
  resamplePcm,
  type VideoContainer,
  type WavBits,
} from "@foley-control/media";
import { detectOnsetsInParts, type OnsetDetection } from "@foley-control/signal";
import type { Span } from "./clip/span.js";
import { keepingWarnings } from "./keep-warnings.js";
import type { GenerateSettings } from "./options.js";
import type { StoredSound } from "./scratch.js";
import { wrong } from "./wrong.js";

/** Rate of saved sound when none is asked for: that of film and television, Hz. */
export const DEFAULT_SAVE_RATE = 48_000;
/** Bits per sample of saved WAV files when none are asked for. */
export const DEFAULT_SAVE_BITS = 24;

/** Milliseconds that each part of a generation took. Parts overlap where they can. */
export interface GenerateTimes {
  /** Opening the clip and reading its frames. */
  readonly read: number;
  /** Frames to video tokens. */
  readonly video: number;
  /** Prompts to conditioning. */
  readonly text: number;
  /** All sampler steps, with loading the denoiser when it was not loaded. */
  readonly sample: number;
  /** Latents to waveform. */
  readonly decode: number;
  /** Everything together. */
  readonly total: number;
}

/** How a take was made; enough to make it again. */
export interface TakeDiagnostics {
  /** Settings with all defaults filled in. */
  readonly settings: GenerateSettings;
  /** Identifiers of the parts. */
  readonly parts: { readonly backbone: string; readonly encoder?: string; readonly beside?: readonly string[] };
  /** Where the windows of a long sound meet, seconds from its beginning; none in a sound that was sampled at once. */
  readonly joints: readonly number[];
  /** Windows that were found finished, see `GenerateOptions.keep`. */
  readonly keptWindows: number;
  /** Video tokens that the bridge saw, in all windows; 0 without video. */
  readonly videoTokens: number;
  /** Latent frames that were sampled, in all windows. */
  readonly latentFrames: number;
  /** Evaluations of the denoiser per step, as rows of one batch: none, text, full. */
  readonly branches: readonly string[];
  /** Gain that kept the sound from clipping, dB, 0 as a rule: that of the whole where it was sampled at once, else the least at any of its peaks. */
  readonly gainDb: number;
  /** Milliseconds per part. */
  readonly milliseconds: GenerateTimes;
  /** What was odd but did not stop the work; writing a video may add to them. */
  readonly warnings: readonly Warning[];
}

/** Options of saved sound. */
export interface SoundFileOptions {
  /** Hz, or "native" for that of the model. Default {@link DEFAULT_SAVE_RATE}. */
  readonly sampleRate?: number | "native" | undefined;
  /** WAV only: 16, 24 or "32f". Default {@link DEFAULT_SAVE_BITS}. */
  readonly bits?: WavBits | undefined;
}

/** Options of saved video. */
export interface VideoFileOptions {
  /** What becomes of the sound that the clip has: "replace", "mix" or "keep" (as the first track). Default "replace". */
  readonly originalAudio?: OriginalSound | undefined;
  /** Container; default that of the file name, else that of the clip. */
  readonly container?: VideoContainer | undefined;
  /** Stops the writing. */
  readonly signal?: AbortSignal | undefined;
  /** Hears `write-progress`. */
  readonly onProgress?: ProgressListener | undefined;
}

/** One generated sound. */
export interface Take {
  /**
   * [1, channels, samples] at `sampleRate`, exactly `round(duration × sampleRate)` samples, peak at most −1 dBFS. Of a long sound, which lies
   * elsewhere, all is read when this is first asked for; `sound` reads parts.
   *
   * @throws FoleyError `unsupported` where it lies where it cannot be read at once, as do `pcm`, `toWav` and `toFlac`.
   */
  readonly audio: Waveform;
  /** The same, read in parts. */
  readonly sound: PcmSource;
  /** Hz. */
  readonly sampleRate: number;
  /** Where in the clip it belongs, seconds. */
  readonly start: number;
  /** Length in seconds. */
  readonly duration: number;
  /** How it was made. */
  readonly diagnostics: TakeDiagnostics;
  /** What is to be heard: the events that were given, else those that were found in the picture; none from parts that know of none. Times are those of the clip. */
  readonly events: EventTrack;
  /** Onsets in the sound, seconds from its own start; a long one is read in parts. */
  onsets(): Promise<OnsetDetection>;
  /** The sound as planar channels, at its own rate or another. */
  pcm(options?: Pick<SoundFileOptions, "sampleRate">): Pcm;
  /** A WAV file. */
  toWav(options?: SoundFileOptions): Uint8Array<ArrayBuffer>;
  /** A FLAC file of 16 bits. */
  toFlac(options?: Pick<SoundFileOptions, "sampleRate">): Promise<Uint8Array<ArrayBuffer>>;
  /**
   * The clip with the new sound: picture packets copied bit for bit. Outside of the stretch that got sound the new track is silent.
   *
   * @throws FoleyError `no-video` when the take was made without a clip.
   */
  toVideo(options?: VideoFileOptions): Promise<Uint8Array<ArrayBuffer>>;
  /**
   * The same, piece by piece into a stream, which is closed at the end, or aborted on an error: a clip of hours takes some megabytes of
   * memory. In a page the stream is that of a `FileSystemFileHandle` (`await handle.createWritable()`), or any that takes bytes; such a one
   * cannot go back, so that mp4 and mov above 32 MB come in fragments, and WebM and Matroska without their length.
   *
   * @throws FoleyError `no-video` when the take was made without a clip; what the stream throws.
   */
  writeVideo(stream: WritableStream<Uint8Array<ArrayBuffer>>, options?: VideoFileOptions): Promise<void>;
}

/** What a take is made from. */
export interface TakeSource {
  readonly sound: StoredSound;
  readonly span: Span;
  readonly events: EventTrack;
  readonly diagnostics: TakeDiagnostics;
  /** Opens the clip again; `undefined` when there was none. */
  readonly open: (() => Promise<MediaFile>) | undefined;
  /** Adds to the warnings of `diagnostics`. */
  readonly warn: (warning: Warning) => void;
}

/** Makes a take. */
export function createTake({ sound, span, events, diagnostics, open, warn }: TakeSource): Take {
  const { sampleRate, channelCount, length } = sound;
  let read: { readonly native: Pcm; readonly audio: Waveform } | undefined;
  const whole = (): NonNullable<typeof read> => {
    if (read) return read;
    if (!sound.whole)
      throw new FoleyError("unsupported", "This sound is long, and lies where it can be read in parts only.", {
        hint: "Read parts with sound.read(from, to), or save it as a video.",
      });
    const native = sound.whole();
    const data = new Float32Array(channelCount * length);
    for (const [index, channel] of native.channels.entries()) data.set(channel, index * length);
    read = { native, audio: tensor(["batch", "channel", "sample"], [1, channelCount, length], data) };
    return read;
  };
  const pcm = ({ sampleRate: wanted = DEFAULT_SAVE_RATE }: Pick<SoundFileOptions, "sampleRate"> = {}): Pcm => {
    const { native } = whole();
    const rate = fileRate(wanted, sampleRate);
    return rate === sampleRate ? native : fitLength(resamplePcm(native, rate), Math.round(span.duration * rate));
  };
  return {
    get audio() {
      return whole().audio;
    },
    sound,
    sampleRate,
    start: span.start,
    duration: span.duration,
    diagnostics,
    events,
    onsets: () =>
      detectOnsetsInParts({
        ...{ sampleRate, length },
        read: async (from, to) => (await sound.read(from, to))[0] as Float32Array,
      }),
    pcm,
    toWav: (options = {}) => encodeWav(pcm(options), { bits: options.bits ?? DEFAULT_SAVE_BITS }),
    toFlac: (options = {}) => encodeFlac(pcm(options)),
    toVideo: (options) => withClip(open, (media) => media.replaceAudio(sound, newSoundOptions({ span, warn }, options))),
    writeVideo: (stream, options) =>
      withClip(open, (media) => media.writeWithAudio(stream, sound, newSoundOptions({ span, warn }, options))),
  };
}

/** The rate of a file, checked: that of the sound where it is to be "native". */
export function fileRate(wanted: number | "native", native: number): number {
  if (wanted === "native" || wanted === native) return native;
  if (!Number.isInteger(wanted) || wanted < 8000 || wanted > 192_000)
    throw wrong("sampleRate", wanted, '"native" or a whole number from 8000 to 192000');
  return wanted;
}

/**
 * Does something with the clip of a take.
 *
 * @throws FoleyError `no-video` when there was none
 */
export async function withClip<M extends MediaFile, T>(
  open: (() => Promise<M>) | undefined,
  work: (media: M) => Promise<T>,
): Promise<T> {
  if (!open)
    throw new FoleyError("no-video", "This take was made without a video, so there is no picture to copy.", {
      hint: "Save its sound instead.",
    });
  const media = await open();
  try {
    return await work(media);
  } finally {
    media.dispose();
  }
}

/** Options of a take as the media file takes them: the sound lies where it belongs in the clip, and what is odd is kept. */
export const newSoundOptions = (
  { span, warn }: Pick<TakeSource, "span" | "warn">,
  { originalAudio, onProgress, ...options }: VideoFileOptions = {},
): ReplaceAudioOptions => ({
  ...options,
  original: originalAudio,
  at: span.start,
  onProgress: keepingWarnings(warn, onProgress),
});
