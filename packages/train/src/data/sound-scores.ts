/** What can be said of a sound without a network: level, silence, clipping, bandwidth. Sources of the measures stand at each of them. */
import { loudness, spectrogram } from "@foley-control/signal";
import type { ClipScores } from "./rules.js";

/** Level that stands for silence, dB: nothing that was recorded is quieter. */
export const SILENCE_DB = -120;
/** A frame quieter than this is silent, dBFS RMS. */
export const SILENT_FRAME_DB = -60;
/** Samples beyond this are taken for clipped. */
const CLIPPED = 0.99;
/** Samples of a frame, and between two. */
const [FRAME, HOP] = [2048, 512] as const;
/** Width of the bands in which bandwidth is looked for, Hz. */
const BAND_HZ = 250;
/** A band counts when it is no further below the loudest one, and above the floor, dB. */
const [BAND_RANGE_DB, BAND_FLOOR_DB] = [80, -110] as const;

/** Names of the scores of {@link soundScores}. */
export const SOUND_SCORES = [
  "peakDb",
  "loudness",
  "silentShare",
  "clippedShare",
  "bandwidthHz",
  "shelfDb",
  "dynamicsDb",
  "channelGapDb",
] as const;

/**
 * Scores of a sound at its own rate:
 *
 * - `peakDb`: highest sample, dBFS; `loudness`: integrated, LUFS (BS.1770). Both at least {@link SILENCE_DB}.
 * - `silentShare`: share of frames of 2048 samples below −60 dBFS RMS; `clippedShare`: share of samples beyond 0.99.
 * - `bandwidthHz`: upper end of the highest 250 Hz band that is no more than 80 dB below the loudest one.
 * - `shelfDb`: mean power of 1 to 5 kHz over that of 15 to 20 kHz, above 40 for what a lossy encoder has cut; `null` below 40 kHz.
 * - `dynamicsDb`: 95th over 5th percentile of the frames' RMS, a blind signal-to-noise ratio that is high for sparse impacts too.
 * - `channelGapDb`: level of the loudest channel over that of the quietest; a dead channel shows here.
 *
 * @param channels - planar samples, equally long
 */
export function soundScores(channels: readonly Float32Array[], sampleRate: number): ClipScores {
  const length = channels[0]?.length ?? 0;
  if (length === 0) return Object.fromEntries(SOUND_SCORES.map((name) => [name, null]));
  let [peak, clipped] = [0, 0];
  const energies = channels.map((channel) => {
    let energy = 0;
    for (let i = 0; i < length; i++) {
      const size = Math.abs(channel[i] as number);
      energy += size * size;
      if (size > peak) peak = size;
      if (size > CLIPPED) clipped++;
    }
    return energy / length;
  });
  const levels = frameLevels(channels, length);
  const silent = levels.filter((level) => level < SILENT_FRAME_DB).length;
  const sorted = Float64Array.from(levels).sort();
  const percentile = (share: number): number => sorted[Math.round(share * (sorted.length - 1))] as number;
  const [loudest, quietest] = [Math.max(...energies), Math.min(...energies)];
  return {
    peakDb: decibels(peak * peak),
    loudness: Math.max(SILENCE_DB, loudness(channels, sampleRate).integrated),
    silentShare: silent / levels.length,
    clippedShare: clipped / (length * channels.length),
    ...spectralScores(channels, length, sampleRate),
    dynamicsDb: percentile(0.95) - percentile(0.05),
    channelGapDb: decibels(loudest) - decibels(quietest),
  };
}

const decibels = (power: number): number => Math.max(SILENCE_DB, 10 * Math.log10(power + 1e-30));

/** RMS of frames in dBFS, of the channels' mean power; one frame when the sound is shorter. */
function frameLevels(channels: readonly Float32Array[], length: number): Float64Array {
  const count = Math.max(1, Math.floor((length - FRAME) / HOP) + 1);
  return Float64Array.from({ length: count }, (_, frame) => {
    const [from, to] = [frame * HOP, Math.min(length, frame * HOP + FRAME)];
    let energy = 0;
    for (const channel of channels) for (let i = from; i < to; i++) energy += (channel[i] as number) ** 2;
    return decibels(energy / ((to - from) * channels.length));
  });
}

function spectralScores(channels: readonly Float32Array[], length: number, sampleRate: number): ClipScores {
  const mono = channels[0] as Float32Array;
  const mixed =
    channels.length === 1 ? mono : mono.map((_, i) => channels.reduce((sum, c) => sum + (c[i] as number), 0) / channels.length);
  // A window of Hann leaks 31 dB at first but falls by 18 dB an octave: far from the loudest band it shows 80 dB and more.
  const { frames, bins, values } = spectrogram(length < FRAME ? padded(mixed) : mixed, {
    fftSize: FRAME,
    hop: HOP * 2,
    padding: "none",
  });
  const mean = new Float64Array(bins);
  // Of a full-scale sine: (FRAME / 4)², so that levels are dBFS.
  const scale = 1 / (frames * (FRAME / 4) ** 2);
  for (let frame = 0; frame < frames; frame++)
    for (let bin = 0; bin < bins; bin++) mean[bin] = (mean[bin] as number) + (values[frame * bins + bin] as number) * scale;
  const width = sampleRate / FRAME;
  const power = (low: number, high: number): number => {
    const [from, to] = [Math.ceil(low / width), Math.min(bins, Math.ceil(high / width))];
    let sum = 0;
    for (let bin = from; bin < to; bin++) sum += mean[bin] as number;
    return sum / Math.max(1, to - from);
  };
  const bands = Array.from({ length: Math.floor(sampleRate / 2 / BAND_HZ) }, (_, i) =>
    decibels(power(i * BAND_HZ, (i + 1) * BAND_HZ)),
  );
  const least = Math.max(Math.max(...bands) - BAND_RANGE_DB, BAND_FLOOR_DB);
  const highest = bands.findLastIndex((band) => band > least);
  return {
    bandwidthHz: (highest + 1) * BAND_HZ,
    shelfDb: sampleRate < 40_000 ? null : decibels(power(1000, 5000)) - decibels(power(15_000, 20_000)),
  };
}

function padded(samples: Float32Array): Float32Array {
  const all = new Float32Array(FRAME);
  all.set(samples);
  return all;
}
