/** Tiny parts and tiny videos for the tests of the preparation. As a program, it prepares a folder, to be killed while it does. */
import { mkdir, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { argv } from "node:process";
import { pathToFileURL } from "node:url";
import { latentsFor, oobleckCodec, smallBackbone } from "@foley-control/audio-backbone";
import { FoleyError, memoryParameters, type ParameterSource, type VideoEncoder } from "@foley-control/core";
import { encodeVideo } from "@foley-control/media/node";
import { nodeRuntime } from "@foley-control/runtime/node";
import { renderScene } from "@foley-control/scenes";
import { visionTransformerGraph } from "@foley-control/video-encoder";
import type { ClipRow } from "../../data/clip-row.js";
import { initialise } from "../../initialise.js";
import { tinyBackbone } from "../../testing.js";
import { readIndex } from "./index-file.js";
import { INDEX_FILE } from "./manifest.js";
import type { FeatureParts } from "./parts.js";
import { prepareDataset } from "./prepare.js";
import type { SceneSource } from "./scene-source.js";

/** Pixels per side of the videos. */
const PIXELS = 64;
/** Length of the clips that are prepared, seconds. */
export const CLIP_SECONDS = 1;

/** An encoder of one block, a text encoder of three words, and a stereo codec that says its deviations; random weights. */
export function tinyParts(seed = 1): FeatureParts {
  const config = {
    sampleRate: 8000,
    audioChannels: 2,
    encoderChannels: 2,
    decoderChannels: 2,
    latentChannels: 3,
    multiples: [1, 2],
    strides: [4, 8],
  } as const;
  const unset = memoryParameters({});
  const codec = (weights: ParameterSource) => oobleckCodec(config, weights);
  const bare = codec(unset).posteriorGraph?.({ frames: 1 });
  if (!bare) throw new Error("The codec says no deviation.");
  const weights = memoryParameters(initialise(bare, seed));
  const backbone = (source: ParameterSource) => smallBackbone(source, tinyBackbone);
  const text = memoryParameters(initialise(backbone(unset).text.graph(), seed));
  const encoder = (source: ParameterSource): VideoEncoder => ({
    specificationVersion: "v1",
    kind: "video-encoder",
    id: "tiny/video-encoder@1",
    frameRate: 16,
    window: 8,
    imageSize: [64, 64],
    normalisation: { mean: [0.5, 0.5, 0.5], std: [0.25, 0.25, 0.25] },
    tokenRate: 8,
    tokenWidth: tinyEncoder.hiddenSize,
    weights: source,
    graph: ({ frames, batch }) => visionTransformerGraph(tinyEncoder, { frames, height: 64, width: 64, ...(batch && { batch }) }),
  });
  return {
    encoder: encoder(memoryParameters(initialise(encoder(unset).graph({ frames: 8 }), seed))),
    backbone: {
      codec: codec(weights),
      text: backbone(text).text,
      frames: (seconds: number) => latentsFor(codec(weights), seconds),
    },
  };
}

/** A video encoder of one block. */
const tinyEncoder = {
  hiddenSize: 12,
  layers: 1,
  heads: 1,
  mlpSize: 8,
  patchSize: 16,
  tubeletSize: 2,
  rotary: "interleaved",
} as const;

/** Renders a scene into a file. */
export async function sceneVideo(
  path: string,
  seed: number,
  options: { seconds?: number; mute?: boolean; silent?: boolean } = {},
) {
  const scene = renderScene(seed, {
    seconds: options.seconds ?? CLIP_SECONDS,
    imageSize: PIXELS,
    classes: ["rain"],
    sampleRate: 16_000,
  });
  const size = PIXELS * PIXELS * 3;
  const frames = Array.from({ length: scene.frames.length / size }, (_, i) => scene.frames.subarray(i * size, (i + 1) * size));
  const samples = options.silent ? new Float32Array(scene.audio.length) : scene.audio;
  const audio = options.mute ? undefined : { channels: [samples], sampleRate: scene.sampleRate };
  await encodeVideo({ frames, width: PIXELS, height: PIXELS, fps: scene.frameRate, audio }, path);
}

/** A folder of videos named by their seeds. */
export async function sceneFolder(folder: string, count: number, seconds?: number): Promise<void> {
  await mkdir(folder, { recursive: true });
  for (let seed = 1; seed <= count; seed++)
    await sceneVideo(join(folder, `clip-${String(seed).padStart(2, "0")}.mp4`), seed, seconds === undefined ? {} : { seconds });
}

/** Five videos; a caption lies beside three of them, in each of the ways. */
export async function captionedFolder(folder: string): Promise<void> {
  await sceneFolder(folder, 5);
  await writeFile(join(folder, "clip-01.txt"), "a cup falls\n");
  await writeFile(join(folder, "clip-02.json"), '{"caption": "a cup"}');
  await writeFile(join(folder, "clip-03.txt"), "a cup");
}

/** The rows of a folder's index. */
export const rowsOf = async (directory: string): Promise<ClipRow[]> => [
  ...(await readIndex(join(directory, INDEX_FILE))).values(),
];

/** The error that a work ends with, which is one of ours. */
export async function refusal(work: Promise<unknown>): Promise<FoleyError> {
  const error = await work.then(
    () => "nothing was refused",
    (reason: unknown) => reason,
  );
  if (FoleyError.isInstance(error)) return error;
  throw new Error(String(error), { cause: error });
}

/** Prepares with shards of two clips and no rules. */
export async function prepareTiny(
  source: string | SceneSource,
  directory: string,
  more: Partial<Parameters<typeof prepareDataset>[1]> = {},
) {
  const runtime = nodeRuntime({ device: "cpu", threads: 1, worker: false });
  try {
    return await prepareDataset(runtime, {
      source,
      directory,
      parts: tinyParts(),
      seconds: CLIP_SECONDS,
      rules: [],
      clipsPerShard: 2,
      ...more,
    });
  } finally {
    await runtime.dispose();
  }
}

if (argv[1] !== undefined && import.meta.url === pathToFileURL(argv[1]).href) {
  const [source, directory] = argv.slice(2) as [string, string];
  await prepareTiny(source, directory, { jobs: 1, onProgress: ({ done }) => void process.stdout.write(`${done}\n`) });
}
