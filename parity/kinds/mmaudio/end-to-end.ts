/** Whole runs of MMAudio: pictures with their times and ids of words to latents, mel and sound, with noise given; and with parts left out. */

import { readdirSync, readFileSync } from "node:fs";
import {
  BIGVGAN_16K,
  type BigVganConfig,
  bigVgan,
  clipTextTower,
  melDecoder,
  mmaudioSeconds,
  readClipTextConfig,
  readMmaudioConfig,
  unnormalised,
} from "@foley-control/audio-backbone";
import type { ParameterSource, Picture } from "@foley-control/core";
import { type Comparison, compareAll, type GoldenCase, type Numbers } from "@foley-control/golden";
import { besideCase } from "@foley-control/golden/node";
import { graph, hoist, input } from "@foley-control/graph";
import { firstPictures } from "@foley-control/media";
import { linearTimes, sample } from "@foley-control/sampler";
import {
  clipEncoder,
  encodeSegments,
  readClipImageConfig,
  segmentPixels,
  synchformerEncoder,
} from "@foley-control/video-encoder";
import { openCheckpoint } from "@foley-control/weights/node";
import { runtime, withGraph } from "../../runtime.js";
import { emptyFeatures, type Features, type Lengths, networkGraph } from "./network.js";

/** Whether a case is of this kind. */
export const isMmaudioRun = ({ file }: GoldenCase): boolean =>
  file.config?.frameTimes !== undefined && file.config.runs !== undefined;

interface Run {
  readonly neg?: boolean;
  readonly clip?: boolean;
  readonly sync?: boolean;
  readonly cfg?: number;
}

/** Every output of every run. */
export async function checkMmaudioRun(golden: GoldenCase): Promise<readonly Comparison[]> {
  const { config: said } = golden.file;
  // Whichever of the five the folder holds.
  const folder = `${said.model}/weights`;
  const file = readdirSync(besideCase(golden, folder)).find((name) => /\.(?:pth|safetensors)$/.test(name));
  const network = await openCheckpoint(besideCase(golden, `${folder}/${file}`));
  const config = readMmaudioConfig(network, said.net.heads);
  const lengths = said.lengths as Lengths;
  const seen = await features(golden);
  const computed: Record<string, Numbers> = {
    clipFeatures: seen.clip,
    syncFeatures: seen.sync,
    textFeatures: seen.texts,
  };
  const empty = await emptyFeatures(config, network, lengths);
  const text = (row: number): Numbers => {
    const each = config.textRows * config.textWidth;
    return {
      shape: [1, config.textRows, config.textWidth],
      data: Float32Array.from(seen.texts.data.slice(row * each, (row + 1) * each)),
    };
  };
  const { inputs, flow } = networkGraph(config, lengths, 2);
  const { prologue, step } = hoist(graph("mmaudio", inputs, { flow }), ["latents", "time"]);
  const sound = await soundOf(golden, network);
  const [before, each] = await Promise.all([runtime.load(prologue, network), runtime.load(step, network)]);
  for (const [name, run] of Object.entries(said.runs as Readonly<Record<string, Run>>)) {
    const kept: Features = {
      clip: run.clip === false ? empty.clip : seen.clip,
      sync: run.sync === false ? empty.sync : seen.sync,
      text: text(0),
    };
    const dropped: Features = { ...empty, text: run.neg ? text(1) : empty.text };
    const conditions = await before.run(
      Object.fromEntries(
        prologue.inputs.map((value) => {
          const key = value.name as keyof Features;
          return [key, both(kept[key], dropped[key])];
        }),
      ),
    );
    const scale = run.cfg ?? said.cfg;
    const noise = golden.input("noise");
    const velocity = async (x: Float32Array, time: number): Promise<Float32Array> => {
      const latents = both(
        { shape: noise.shape, data: x as Float32Array<ArrayBuffer> },
        { shape: noise.shape, data: x as Float32Array<ArrayBuffer> },
      );
      const times = { dtype: "float32", shape: [2], data: Float32Array.of(1 - time, 1 - time) } as const;
      const found = (await each.run({ ...conditions, latents, time: times }))["flow"]?.data as Float32Array;
      // Below 1 the reference leaves guidance out.
      const guided = (i: number) => scale * (found[i] as number) + (1 - scale) * (found[x.length + i] as number);
      return x.map((_, i) => -(scale < 1 ? (found[i] as number) : guided(i)));
    };
    const steps = said.steps as number;
    const states: Float32Array[] = [];
    const latents = await sample(velocity, noise.data as Float32Array, {
      prediction: "flow",
      solver: "euler",
      steps,
      levels: linearTimes({ steps }),
      onStep: ({ x }) => {
        states.push(x.slice());
      },
    });
    const end: Numbers = { shape: noise.shape, data: latents as Float32Array<ArrayBuffer> };
    for (const [index, x] of states.entries())
      computed[`${name}.x.${index}`] = { shape: noise.shape, data: x as Float32Array<ArrayBuffer> };
    computed[`${name}.x.${steps}`] = computed[`${name}.latents`] = end;
    const { mel, audio } = await sound(end);
    computed[`${name}.mel`] = mel;
    computed[`${name}.audio`] = audio;
  }
  await Promise.all([before.dispose(), each.dispose()]);
  return compareAll(golden, computed);
}

const both = (a: Numbers, b: Numbers) =>
  ({ dtype: "float32", shape: [2, ...a.shape.slice(1)], data: Float32Array.from([...a.data, ...b.data]) }) as const;

/** Rows of all encoders, from pictures and ids. */
async function features(
  golden: GoldenCase,
): Promise<{ readonly clip: Numbers; readonly sync: Numbers; readonly texts: Numbers }> {
  const { config: said } = golden.file;
  const folder = said.encoders as string;
  const weights = await openCheckpoint(besideCase(golden, `${folder}/open_clip_pytorch_model.bin`));
  const towers = JSON.parse(readFileSync(besideCase(golden, `${folder}/open_clip_config.json`), "utf8")).model_cfg;
  const activation = towers.quick_gelu ? ("quick-gelu" as const) : ("gelu" as const);
  const image = readClipImageConfig(weights, { headWidth: towers.vision_cfg.head_width ?? 64, activation });
  const clip = clipEncoder({ config: image, weights, imageSize: 384 });
  const sync = synchformerEncoder(await openCheckpoint(besideCase(golden, `${folder}/synchformer_state_dict.pth`)), said.sync);
  const frames = golden.input("frames");
  const [, height, width] = frames.shape as readonly [number, number, number];
  const picture = (index: number): Picture & { readonly rgb: Uint8Array } => {
    const size = height * width * 3;
    return { rgb: Uint8Array.from(frames.data.slice(index * size, (index + 1) * size)), height, width };
  };
  const taken = { clip: firstPictures(said.frameTimes, 8, said.seconds), sync: firstPictures(said.frameTimes, 25, said.seconds) };
  const kept = mmaudioSeconds(said.seconds, { clip: taken.clip.length, sync: taken.sync.length });
  const rows = async (encoder: typeof clip, indices: readonly number[]): Promise<Numbers> =>
    withExecutable(encoder, async (executable) => {
      const { tokens } = await encodeSegments(executable, encoder, segmentPixels(encoder, indices.map(picture), [height, width]));
      return { shape: tokens.shape, data: tokens.data as Float32Array<ArrayBuffer> };
    });
  const words = golden.input("ids");
  const ids = input("ids", words.shape, "int64");
  const reader = readClipTextConfig(weights, { heads: towers.text_cfg.heads, activation });
  const texts = await withGraph(graph("words", [ids], { tokens: clipTextTower(ids, reader) }), weights, (run) =>
    run({ ids: { dtype: "int64", shape: words.shape, data: BigInt64Array.from([...words.data].map(BigInt)) } }),
  );
  return {
    clip: await rows(clip, taken.clip.slice(0, kept.clip)),
    sync: await rows(sync, taken.sync.slice(0, kept.sync)),
    texts: texts["tokens"] as Numbers,
  };
}

async function withExecutable<T>(
  encoder: ReturnType<typeof clipEncoder>,
  use: (executable: Awaited<ReturnType<typeof runtime.load>>) => Promise<T>,
): Promise<T> {
  const executable = await runtime.load(encoder.graph({ frames: encoder.window }), encoder.weights);
  try {
    return await use(executable);
  } finally {
    await executable.dispose();
  }
}

/** Latents [1, rows, channels] → mel and sound. */
async function soundOf(golden: GoldenCase, network: ParameterSource) {
  const { config: said } = golden.file;
  const small = said.mode === "16k";
  const open = (path: string, at?: string) =>
    openCheckpoint(besideCase(golden, `${said.model}/${path}`), at === undefined ? {} : { at });
  const autoencoder = await open(`ext_weights/${small ? "v1-16.pth" : "v1-44.pth"}`);
  const v2 = "nvidia/bigvgan_v2_44khz_128band_512x";
  const vocoder = await open(small ? "ext_weights/best_netG.pt" : `${v2}/bigvgan_generator.pt`, "generator");
  const wave: BigVganConfig = small
    ? { ...BIGVGAN_16K, upsample_initial_channel: vocoder.get("conv_pre.bias")?.shape[0] as number }
    : JSON.parse(readFileSync(besideCase(golden, `${said.model}/${v2}/config.json`), "utf8"));
  const width = autoencoder.get("decoder.conv_out.weight")?.shape[1] as number;
  return async ({ shape, data }: Numbers): Promise<{ readonly mel: Numbers; readonly audio: Numbers }> => {
    const [, rows, channels] = shape as readonly [number, number, number];
    const turned = new Float32Array(data.length);
    for (let row = 0; row < rows; row++)
      for (let channel = 0; channel < channels; channel++)
        turned[channel * rows + row] = data[row * channels + channel] as number;
    const latents = input("latents", [1, channels, rows]);
    const raw = await withGraph(graph("latents", [latents], { raw: unnormalised(latents) }), network, (run) =>
      run({ latents: { shape: latents.shape, data: turned } }),
    );
    const z = input("raw", latents.shape);
    const decoder = graph("mel", [z], { mel: melDecoder(z, { bands: wave.num_mels, latentChannels: channels, width }) });
    const { mel } = await withGraph(decoder, autoencoder, (run) => run({ raw: raw["raw"] as Numbers }));
    const bands = input("mel", (mel as Numbers).shape);
    const { audio } = await withGraph(graph("sound", [bands], { audio: bigVgan(bands, wave) }), vocoder, (run) =>
      run({ mel: mel as Numbers }),
    );
    return { mel: mel as Numbers, audio: audio as Numbers };
  };
}
