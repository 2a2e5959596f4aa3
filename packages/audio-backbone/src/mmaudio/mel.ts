/**
 * The mel spectrogram that MMAudio's autoencoder reads (`ext/mel_converter.py`), as a graph, so that sound becomes latents in one: decimal logarithms at
 * 16 kHz, natural ones at 44.1 kHz.
 */
import type { GraphValue } from "@foley-control/core";
import { constant, float, ops } from "@foley-control/graph";
import { createWindow, melFilterbank } from "@foley-control/signal";

/** How a mode hears. */
export interface MelMode {
  /** Hz. */
  readonly sampleRate: number;
  /** Samples of a transform. */
  readonly size: number;
  /** Samples from one frame to the next. */
  readonly hop: number;
  /** Bands. */
  readonly bands: number;
  /** Highest frequency, Hz. */
  readonly maximumHz: number;
  /** Base of the logarithm. */
  readonly logarithm: 10 | "e";
}

/** The two modes, by the rate of the sound. */
export const MEL_MODES = {
  16000: { sampleRate: 16_000, size: 1024, hop: 256, bands: 80, maximumHz: 8000, logarithm: 10 },
  44100: { sampleRate: 44_100, size: 2048, hop: 512, bands: 128, maximumHz: 22_050, logarithm: "e" },
} as const satisfies Readonly<Record<number, MelMode>>;

/** Added under the root. */
const POWER_FLOOR = 1e-9;
/** Least amplitude. */
const FLOOR = 1e-5;

/** Filters [bands, size / 2 + 1], as librosa makes them. */
export function melBasis({ sampleRate, size, bands, maximumHz }: MelMode): Float32Array {
  return Float32Array.from(melFilterbank({ sampleRate, fftSize: size, bands, maximumHz }).dense());
}

/** sound [batch, 1, frames·hop] → logarithms of mel amplitudes [batch, bands, frames]. */
export function melOf(sound: GraphValue, mode: MelMode): GraphValue {
  const { size, hop, bands, logarithm } = mode;
  const bins = size / 2 + 1;
  const reflected = mirrored(ops.minimum(ops.maximum(sound, -1), 1), (size - hop) / 2);
  const window = createWindow("hann", size);
  const wave = new Float32Array(2 * bins * size);
  for (let bin = 0; bin < bins; bin++)
    for (let sample = 0; sample < size; sample++) {
      const angle = (-2 * Math.PI * ((bin * sample) % size)) / size;
      wave[bin * size + sample] = (window[sample] as number) * Math.cos(angle);
      wave[(bins + bin) * size + sample] = (window[sample] as number) * Math.sin(angle);
    }
  const spectrum = ops.convolution(reflected, float(wave, [2 * bins, 1, size]), { stride: hop });
  const [real, imaginary] = ops.split(spectrum, [bins, bins], 1) as [GraphValue, GraphValue];
  const magnitude = ops.sqrt(ops.add(ops.add(ops.square(real), ops.square(imaginary)), POWER_FLOOR));
  const mel = ops.maximum(ops.matmul(float(melBasis(mode), [bands, bins]), magnitude), FLOOR);
  return logarithm === 10 ? ops.divide(ops.log(mel), Math.LN10) : ops.log(mel);
}

/** The sound with so many samples of its ends mirrored, the outermost not twice. */
function mirrored(sound: GraphValue, margin: number): GraphValue {
  const length = sound.shape[2] as number;
  const at = (i: number): number => (i < 0 ? -i : i >= length ? 2 * (length - 1) - i : i);
  const indices = BigInt64Array.from({ length: length + 2 * margin }, (_, i) => BigInt(at(i - margin)));
  return ops.gather(sound, constant(indices, [indices.length], "int64"), 2);
}
