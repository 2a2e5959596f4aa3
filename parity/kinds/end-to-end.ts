/** Whole runs: from text to latents and sound, with all noise given; plain, away from a negative prompt, varied, inpainted. */

import { oobleckEncodeGraph } from "@foley-control/audio-backbone";
import type { AudioBackbone, SolverName } from "@foley-control/core";
import { type Comparison, compareAll, type GoldenCase, type Numbers } from "@foley-control/golden";
import { besideCase } from "@foley-control/golden/node";
import { guide, inpaint, inpaintMask, type SampleOptions, sample } from "@foley-control/sampler";
import { readModelConfig } from "../networks-of-cases.js";
import { withGraph } from "../runtime.js";
import { conditioned, type Item, openBackbone } from "./conditioning.js";
import { decodedInPieces } from "./oobleck.js";

interface Run {
  readonly steps?: number;
  readonly cfg_scale: number;
  readonly sampler_type?: string;
  readonly sigma_min?: number;
  readonly sigma_max?: number;
  readonly conditioning?: readonly Item[];
  readonly negative_conditioning?: readonly Item[];
  readonly negative?: boolean;
  readonly init?: boolean;
  readonly init_noise_level?: number;
  readonly mask_args?: Readonly<Record<string, number>>;
}

/** Whether a case is of this kind. */
export const isEndToEnd = ({ file }: GoldenCase): boolean =>
  file.config?.sample_size !== undefined && file["subcases"] !== undefined && file.inputs?.["noise"] !== undefined;

/** Every output of every run. */
export async function checkEndToEnd(golden: GoldenCase): Promise<readonly Comparison[]> {
  const backbone = await openBackbone(golden);
  const computed: Record<string, Numbers> = {};
  if ("init.latents" in golden.file.outputs) {
    const { shape } = golden.input("noise");
    const data = await latentsOf(golden, backbone, {}, shape[2] as number);
    computed["init.latents"] = { shape, data: data as Float32Array<ArrayBuffer> };
  }
  for (const [name, run] of Object.entries(golden.file["subcases"] as Readonly<Record<string, Run>>))
    for (const [key, value] of Object.entries(await runOnce(golden, backbone, run))) computed[`${name}.${key}`] = value;
  const pieces = Object.fromEntries(
    Object.keys(golden.file.outputs).flatMap((output) => {
      // A waveform is stored in parts: head, middle, coarse.
      const whole = computed[output.replace(/\.(head|middle|coarse)$/, "")];
      return whole ? [[output, whole]] : [];
    }),
  );
  return compareAll(golden, { ...computed, ...pieces });
}

async function runOnce(golden: GoldenCase, backbone: AudioBackbone, run: Run): Promise<Record<string, Numbers>> {
  const { config } = golden.file;
  const noise = golden.input("noise");
  const frames = noise.shape[2] as number;
  const each = noise.data.length;
  const steps = run.steps ?? (config.steps as number);
  const flow = backbone.denoiser.prediction === "flow";
  const draws = golden.file.inputs["steps"] ? golden.input("steps").data : undefined;
  const found: Record<string, Numbers> = {};
  const store = (key: string, data: Float32Array) => {
    found[key] = { shape: noise.shape, data: data.slice() as Float32Array<ArrayBuffer> };
  };

  const positive = await conditioned(backbone, run.conditioning ?? config.conditioning);
  const away = run.negative_conditioning ?? (run.negative ? (config.negative_conditioning as readonly Item[]) : undefined);
  const negative = away ? (await conditioned(backbone, away)).context : empty(positive.context);
  const start = run.init ? await latentsOf(golden, backbone, run, frames) : undefined;
  const options: SampleOptions<Float32Array> = {
    prediction: backbone.denoiser.prediction,
    solver: (run.sampler_type ?? config.sampler) as SolverName,
    steps,
    sigmaMin: run.sigma_min ?? config.sigma_min,
    sigmaMax: (run.mask_args ? undefined : run.init_noise_level) ?? run.sigma_max ?? config.sigma_max,
    rho: config.rho,
    start,
    ...(draws && { noise: (index: number) => draws.subarray(index * each, (index + 1) * each) as Float32Array }),
    onStep: ({ index, x, denoised }) => {
      store(`x.${index}`, x);
      store(`denoised.${index}`, denoised);
    },
  };
  const painted = run.mask_args && start ? paint(golden, run.mask_args, start, frames, steps, found) : {};

  const latents = await withGraph(backbone.denoiser.graph({ frames }), backbone.denoiser.weights, async (predict) => {
    const network = guide<Float32Array>(
      async (x, time, branches) => {
        const predictions: Float32Array[] = [];
        for (const branch of branches) {
          const { prediction } = await predict({
            latents: { shape: noise.shape, data: x as Float32Array<ArrayBuffer> },
            time: { shape: [1], data: Float32Array.of(time) },
            context: branch === "none" ? negative : positive.context,
            global: positive.global,
          });
          predictions.push((prediction as Numbers).data as Float32Array);
        }
        return predictions;
      },
      { video: false, textScale: run.cfg_scale, prediction: flow ? "flow" : "v" },
    );
    return sample(network.velocity, noise.data as Float32Array, { ...options, ...painted });
  });
  store("latents", latents);
  store(`x.${steps}`, latents);
  found["waveform"] = await decodedInPieces({ shape: noise.shape, data: latents as Float32Array<ArrayBuffer> }, backbone.codec);
  return found;
}

const empty = ({ shape, data }: Numbers): Numbers => ({ shape, data: new Float32Array(data.length) });

/** The sound to start from, made stereo if need be and filled up with zeros, encoded with the given noise. */
async function latentsOf(
  golden: GoldenCase,
  { codec }: AudioBackbone,
  run: Pick<Run, "mask_args">,
  frames: number,
): Promise<Float32Array> {
  const sound = golden.input("init_audio");
  const [channels, length] = sound.shape as readonly [number, number];
  const data = new Float32Array(codec.channels * frames * codec.hop);
  for (let channel = 0; channel < codec.channels; channel++) {
    const from = Math.min(channel, channels - 1) * length;
    data.set(sound.data.subarray(from, from + Math.min(length, frames * codec.hop)), channel * frames * codec.hop);
  }
  const config = readModelConfig(besideCase(golden, golden.file.config.folder));
  const { latents } = await withGraph(oobleckEncodeGraph(config.autoencoder, { frames, noise: true }), codec.weights, (encode) =>
    encode({ audio: { shape: [1, codec.channels, frames * codec.hop], data }, noise: golden.input("vae_eps") }),
  );
  const encoded = (latents as Numbers).data as Float32Array;
  return run.mask_args ? pasted(encoded, run.mask_args, frames) : encoded;
}

/** Cuts and pastes along time, in percent of the length. */
function pasted(latents: Float32Array, args: Readonly<Record<string, number>>, frames: number): Float32Array {
  const at = (name: string) => ((args[name] as number) / 100) * frames;
  const [from, to] = [Math.floor(at("cropfrom")), Math.floor(at("pastefrom"))];
  const length = Math.min(Math.ceil(at("pasteto")) - to, frames - from);
  const made = new Float32Array(latents.length);
  for (let row = 0; row < latents.length; row += frames) made.set(latents.subarray(row + from, row + from + length), row + to);
  return made;
}

function paint(
  golden: GoldenCase,
  args: Readonly<Record<string, number>>,
  known: Float32Array,
  frames: number,
  steps: number,
  found: Record<string, Numbers>,
) {
  const share = (name: string) => (args[name] as number) / 100;
  const mask = inpaintMask(frames, {
    start: share("maskstart"),
    end: share("maskend"),
    softStart: share("softnessL"),
    softEnd: share("softnessR"),
    marination: args["marination"],
  });
  found["mask"] = { shape: [frames], data: mask };
  const noise = golden.input("inpaint_eps").data as Float32Array;
  return inpaint({ known, mask, steps, noise: (index) => noise.subarray(index * known.length, (index + 1) * known.length) });
}
