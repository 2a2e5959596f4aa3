/** Whole runs of TangoFlux with guidance, from a release: noise given, sound cut to what was asked for. */
import type { AudioBackbone, PlainTensor } from "@foley-control/core";
import { type Comparison, compareAll, cut, type GoldenCase, type Numbers } from "@foley-control/golden";
import { sample } from "@foley-control/sampler";
import { withGraph } from "../../runtime.js";
import { readText, releaseOf } from "./release.js";

/** Whether a case is of this kind. */
export const isTangofluxRun = ({ file }: GoldenCase): boolean =>
  file.config?.audio_seq_len !== undefined && file["subcases"] !== undefined;

interface Run {
  readonly prompt: number;
  readonly duration: number;
  readonly steps: number;
  readonly guidance: number;
}

/** Every output of every run. */
export async function checkTangofluxRun(golden: GoldenCase): Promise<readonly Comparison[]> {
  const backbone = await releaseOf(golden);
  const computed: Record<string, Numbers> = {};
  for (const [name, run] of Object.entries(golden.file["subcases"] as Readonly<Record<string, Run>>))
    for (const [output, value] of Object.entries(await runOf(golden, backbone, run))) computed[`${name}.${output}`] = value;
  return compareAll(golden, computed);
}

async function runOf(golden: GoldenCase, backbone: AudioBackbone, { prompt, duration, steps, guidance }: Run) {
  const { prompts, sample_rate: sampleRate } = golden.file.config;
  const noise = golden.input("noise");
  const [, frames, channels] = noise.shape as readonly [number, number, number];
  const text = prompts[prompt] as string;
  const rows = backbone.text.rowsFor?.([text, ""]) as number;
  const [wanted, empty] = [await readText(backbone, text, rows, duration), await readText(backbone, "", rows, duration)];
  const conditions = { context: both(empty.context, wanted.context), pooled: both(empty.pooled, wanted.pooled) };
  const levels = backbone.sampling?.(frames).levels?.(steps);
  if (levels === undefined) throw new Error("TangoFlux says no levels.");
  const found: Record<string, Numbers> = { sigmas: { shape: [steps + 1], data: Float32Array.from(levels) } };
  const source = backbone.denoiser.graph({ frames, batch: 2, rows: { tokens: rows } });
  const latents = await withGraph(source, backbone.denoiser.weights, async (predict) => {
    let step = 0;
    const velocity = async (x: Float32Array, time: number): Promise<Float32Array> => {
      const turned = transposed(x, frames, channels);
      const { prediction } = await predict({
        ...conditions,
        latents: { shape: [2, channels, frames], data: Float32Array.from([...turned, ...turned]) },
        time: { shape: [2], data: Float32Array.of(time, time) },
      });
      const all = (prediction as Numbers).data as Float32Array;
      const [none, full] = [all.subarray(0, x.length), all.subarray(x.length)];
      const v = transposed(
        none.map((value, i) => value + guidance * ((full[i] as number) - value)),
        channels,
        frames,
      );
      found[`x.${step}`] = { shape: noise.shape, data: Float32Array.from(x) };
      found[`v.${step++}`] = { shape: noise.shape, data: v };
      return v;
    };
    return sample(velocity, Float32Array.from(noise.data), { prediction: "flow", solver: "euler", steps, levels });
  });
  found["latents"] = { shape: noise.shape, data: Float32Array.from(latents) };
  const sound = await withGraph(backbone.codec.decodeGraph({ frames }), backbone.codec.weights, (decode) =>
    decode({ latents: { shape: [1, channels, frames], data: transposed(Float32Array.from(latents), frames, channels) } }),
  );
  const audio = sound["audio"] as Numbers;
  const [, sides, samples] = audio.shape as readonly [number, number, number];
  const heard = cut(audio, [
    [0, 1, 1],
    [0, sides, 1],
    [0, Math.min(samples, Math.trunc(duration * sampleRate)), 1],
  ]);
  for (const part of ["head", "middle", "coarse"]) found[`waveform.${part}`] = heard;
  return found;
}

const both = (a: PlainTensor<"float32">, b: PlainTensor<"float32">): PlainTensor<"float32"> => ({
  dtype: "float32",
  shape: [2, ...a.shape.slice(1)],
  data: Float32Array.from([...a.data, ...b.data]),
});

/** [rows, columns] → [columns, rows]. */
function transposed(x: Float32Array, rows: number, columns: number): Float32Array<ArrayBuffer> {
  const turned = new Float32Array(x.length);
  for (let row = 0; row < rows; row++)
    for (let column = 0; column < columns; column++) turned[column * rows + row] = x[row * columns + column] as number;
  return turned;
}
