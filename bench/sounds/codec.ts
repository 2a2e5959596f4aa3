/** What a codec does to clips: how far the rebuilt sounds are from the originals, and whether their onsets are where they were. */
import type { AudioCodec, Runtime } from "@foley-control/core";
import { detectOnsets, matchOnsets } from "@foley-control/signal";
import type { ClipSound } from "@foley-control/train";
import { codecDistance } from "../quality/codec-distance.js";

/** Two onsets that are closer are one, seconds. */
const TOLERANCE = 0.03;

/** Encodes and decodes the clips of one length. */
export async function measureCodec(runtime: Runtime, codec: AudioCodec, sets: Readonly<Record<string, readonly ClipSound[]>>) {
  const first = Object.values(sets)[0]?.[0] as ClipSound;
  const frames = Math.ceil(first.audio.length / codec.hop);
  const encoder = await runtime.load(codec.encodeGraph({ frames }), codec.weights);
  const decoder = await runtime.load(codec.decodeGraph({ frames }), codec.weights);
  const rows = [];
  for (const [of, clips] of Object.entries(sets)) {
    let [stft, audible, hits, made, real, seconds] = [0, 0, 0, 0, 0, 0];
    for (const { audio, events } of clips) {
      const data = new Float32Array(frames * codec.hop);
      data.set(audio);
      const { latents } = await encoder.run({ audio: { dtype: "float32", shape: [1, 1, data.length], data } });
      const begun = performance.now();
      const decoded = await decoder.run({ latents: latents! });
      seconds += (performance.now() - begun) / 1000;
      const rebuilt = (decoded["audio"]!.data as Float32Array).slice(0, audio.length);
      const distance = codecDistance(audio, rebuilt);
      stft += distance.stft;
      audible += distance.audibleDecibels;
      if (events.length === 0) continue;
      const [before, after] = [audio, rebuilt].map((samples) => detectOnsets(samples, codec.sampleRate).times);
      hits += matchOnsets(after!, before!, TOLERANCE).paired;
      made += after!.length;
      real += before!.length;
    }
    const mean = (sum: number) => Number((sum / clips.length).toFixed(3));
    const onsetF1 = Number(((2 * hits) / Math.max(1, made + real)).toFixed(3));
    rows.push({
      of,
      clips: clips.length,
      stftDistance: mean(stft),
      audibleDecibels: mean(audible),
      onsetF1,
      decodeSeconds: mean(seconds),
    });
  }
  await Promise.all([encoder.dispose(), decoder.dispose()]);
  return rows;
}
