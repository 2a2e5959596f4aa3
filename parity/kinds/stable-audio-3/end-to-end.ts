/** Whole runs of Stable Audio 3: from text to latents and sound, with all noise given; plain, away from a negative prompt, varied, inpainted. */
import { latentsOfClip, stableAudio3Latents, stableAudio3Transformer } from "@foley-control/audio-backbone";
import { stableAudio3 } from "@foley-control/audio-backbone/node";
import type { AudioBackbone, SolverName } from "@foley-control/core";
import { type Comparison, compareAll, type GoldenCase, type Numbers, verdict } from "@foley-control/golden";
import { graph, input } from "@foley-control/graph";
import { bentTimes, guide, SOLVERS } from "@foley-control/sampler";
import { withGraph } from "../../runtime.js";
import { conditions } from "./conditioning.js";
import { firstFrames, type OpenedRelease, releaseOf, zerosLike } from "./networks.js";
import { decoded, encoded } from "./same.js";

interface Run {
  readonly prompt: number;
  readonly negative?: number;
  readonly duration: number;
  readonly steps: number;
  readonly cfg_scale: number;
  readonly apg_scale?: number;
  readonly sampler_type?: SolverName;
  readonly init?: boolean;
  readonly init_noise_level?: number;
  readonly inpaint?: boolean;
  readonly inpaint_mask_start_seconds?: number | readonly number[];
  readonly inpaint_mask_end_seconds?: number | readonly number[];
  readonly truncate_output_to_duration?: boolean;
}

/** Whether a case is of this kind. */
export const isStableAudio3Run = ({ file }: GoldenCase): boolean =>
  file.config?.duration_padding_sec !== undefined && file["subcases"] !== undefined;

/** Every output of every run. */
export async function checkStableAudio3Run(golden: GoldenCase): Promise<readonly Comparison[]> {
  const release = await releaseOf(golden);
  const backbone = await stableAudio3(release.folder);
  const computed: Record<string, Numbers> = {};
  const init = await encoded(soundOf(golden, backbone), release.config.autoencoder, release.weights);
  computed["init.latents"] = init;
  const { valid, latents, duration_padding_sec } = golden.file.config;
  const durations = Object.values(golden.file["subcases"] as Readonly<Record<string, Run>>).map(({ duration }) => duration);
  const rule = { sampleRate: backbone.codec.sampleRate, hop: backbone.codec.hop, most: latents };
  const lengths = [...new Set(durations)].map((seconds) => stableAudio3Latents(seconds, rule, duration_padding_sec));
  const problem = lengths.every((length) => length === valid) ? undefined : `${lengths} latents, expected ${valid}`;
  for (const [name, run] of Object.entries(golden.file["subcases"] as Readonly<Record<string, Run>>))
    for (const [key, value] of Object.entries(await runOnce(golden, release, backbone, { ...run, name, known: init })))
      computed[`${name}.${key}`] = value;
  const parts = Object.keys(golden.file.outputs).flatMap((output) => {
    // A waveform is stored in parts: head, middle, coarse.
    const whole = computed[output.replace(/\.(head|middle|coarse)$/, "")];
    return whole ? [[output, whole] as const] : [];
  });
  return [...compareAll(golden, { ...computed, ...Object.fromEntries(parts) }), verdict("latents that count", problem)];
}

/** The sound to start from, on all channels, filled up with zeros or cut. */
function soundOf(golden: GoldenCase, { codec }: AudioBackbone): Numbers {
  const sound = golden.input("init_audio");
  const [channels, length] = sound.shape as readonly [number, number];
  const size = golden.file.config.sample_size as number;
  const data = new Float32Array(codec.channels * size);
  for (let channel = 0; channel < codec.channels; channel++) {
    const from = Math.min(channel, channels - 1) * length;
    data.set(sound.data.subarray(from, from + Math.min(length, size)) as Float32Array, channel * size);
  }
  return { shape: [1, codec.channels, size], data };
}

/** 1 for latents that are kept: those whose first sample is in the sound and in none of the spans. */
function keptLatents(run: Run, frames: number, { sampleRate, hop }: AudioBackbone["codec"]): Float32Array {
  const spans = [run.inpaint_mask_start_seconds ?? []].flat().map((start, i) => {
    const end = [run.inpaint_mask_end_seconds ?? []].flat()[i] as number;
    return [Math.trunc(start * sampleRate), Math.trunc(end * sampleRate)] as const;
  });
  const length = Math.trunc(run.duration * sampleRate);
  return Float32Array.from({ length: frames }, (_, frame) => {
    const at = frame * hop;
    return at < length && !spans.some(([from, to]) => at >= from && at < to) ? 1 : 0;
  });
}

async function runOnce(
  golden: GoldenCase,
  release: OpenedRelease,
  backbone: AudioBackbone,
  run: Run & { readonly name: string; readonly known: Numbers },
): Promise<Record<string, Numbers>> {
  const { config: said } = golden.file;
  const { codec } = backbone;
  const noise = golden.input("noise");
  const [, channels, frames] = noise.shape as readonly [number, number, number];
  const rule = { sampleRate: codec.sampleRate, hop: codec.hop, most: frames };
  const valid = firstFrames([stableAudio3Latents(run.duration, rule, said.duration_padding_sec)], frames);
  const item = (index: number) => [{ prompt: said.prompts[index] as string, seconds_total: run.duration }];
  const { context, global } = await conditions(backbone, item(run.prompt));
  const away =
    run.negative === undefined ? zerosLike(context) : (await conditions(backbone, item(run.negative), { away: true })).context;
  const known = run.inpaint ? keptLatents(run, frames, codec) : new Float32Array(frames);
  const plain = { dtype: "float32", shape: run.known.shape, data: Float32Array.from(run.known.data) } as const;
  const { local } = backbone.knownInputs?.({ latents: plain, known }) ?? {};
  if (!local) throw new Error("The backbone does not say what is known.");

  const inputs = {
    latents: input("latents", noise.shape),
    time: input("time", [1]),
    context: input("context", context.shape),
    global: input("global", global.shape),
    local: input("local", [1, channels + 1, frames]),
    valid: input("valid", valid.shape),
  };
  const v = stableAudio3Transformer(release.config.transformer, inputs);
  const found: Record<string, Numbers> = {};
  const store = (key: string, data: ArrayLike<number>) => {
    found[key] = { shape: noise.shape, data: Float32Array.from(data) };
  };
  const level = run.init ? (run.init_noise_level ?? 1) : 1;
  const usual = backbone.sampling?.(latentsOfClip(run.duration, codec));
  const shift = { ...release.config.shift, length: latentsOfClip(run.duration, codec) };
  found["sigmas"] = { shape: [run.steps + 1], data: bentTimes(shift, { steps: run.steps, timeMax: level }) as Numbers["data"] };
  const draws = golden.input("steps").data;
  const latents = await withGraph(graph("denoiser", Object.values(inputs), { v }), backbone.denoiser.weights, (predict) => {
    const network = guide<Float32Array>(
      async (x, time, branches) => {
        const predictions: Float32Array[] = [];
        for (const branch of branches) {
          const fed = {
            latents: { shape: noise.shape, data: x as Numbers["data"] },
            time: { shape: [1], data: Float32Array.of(time) },
            context: branch === "none" ? away : context,
            global,
            local,
            valid,
          };
          predictions.push(((await predict(fed))["v"] as Numbers).data as Float32Array);
        }
        return predictions;
      },
      { video: false, textScale: run.cfg_scale, prediction: "flow", projection: run.apg_scale ?? 1, valid: valid.data },
    );
    const solver = SOLVERS[run.sampler_type ?? usual?.solver ?? "euler"];
    // Exactly the reference's times: the network tells neighbouring numbers apart. Those of a variation rise once.
    const levels = golden.stored(`out.${run.name}.sigmas`).data;
    return solver.run(network.velocity, startOf(noise, run, level), levels, {
      edges: usual?.edges,
      noise: (step) => draws.subarray(step * noise.data.length, (step + 1) * noise.data.length) as Float32Array,
      onStep: ({ index, x, denoised }) => {
        store(`x.${index}`, x);
        store(`denoised.${index}`, denoised);
      },
    });
  });
  store("latents", latents);
  const noises = { latents: golden.input("latent_noise"), tokens: golden.input("token_noise"), folder: release.folder };
  const sound = await decoded(
    { shape: noise.shape, data: latents as Numbers["data"] },
    release.config.autoencoder,
    release.weights,
    noises,
  );
  found["waveform"] = finished(sound, run, valid, codec);
  return found;
}

/** Noise, or what is varied mixed with it. */
const startOf = ({ data }: Numbers, { init, known }: { init?: boolean; known: Numbers }, level: number): Float32Array =>
  Float32Array.from(data, (value, i) => (init ? (1 - level) * (known.data[i] as number) + level * value : value));

/** Nothing behind the valid latents, within ±1, as long as asked. */
function finished(
  { shape, data }: Numbers,
  run: Run,
  valid: Numbers,
  { sampleRate, hop, channels }: AudioBackbone["codec"],
): Numbers {
  const length = shape[2] as number;
  const kept = run.truncate_output_to_duration === false ? length : Math.min(length, Math.trunc(run.duration * sampleRate));
  const sounding = hop * Float32Array.from(valid.data).reduce((sum, one) => sum + one, 0);
  const out = new Float32Array(channels * kept);
  for (let channel = 0; channel < channels; channel++)
    for (let i = 0; i < Math.min(kept, sounding); i++)
      out[channel * kept + i] = Math.max(-1, Math.min(1, data[channel * length + i] as number));
  return { shape: [1, channels, kept], data: out };
}
