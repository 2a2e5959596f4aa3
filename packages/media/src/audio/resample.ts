/** The project's windowed-sinc resampler in its listening quality, from where sounds need it. */
import { HIGH_QUALITY_RESAMPLING, resample as resampleSinc } from "@foley-control/signal";
import { checkPcm, type Pcm } from "./pcm.js";

/** One channel from one rate to another: ceil(length · to / from) samples, without delay. */
export const resample = (samples: Float32Array, from: number, to: number): Float32Array =>
  resampleSinc(samples, from, to, HIGH_QUALITY_RESAMPLING);

/** Every channel; `pcm` itself when the rate is already right. */
export function resamplePcm(pcm: Pcm, sampleRate: number): Pcm {
  checkPcm(pcm, "pcm");
  if (pcm.sampleRate === sampleRate) return pcm;
  return { sampleRate, channels: pcm.channels.map((channel) => resample(channel, pcm.sampleRate, sampleRate)) };
}
