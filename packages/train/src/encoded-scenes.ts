/**
 * Rendered scenes as any backbone and any video encoder see them: latents, conditioning and video tokens, computed once and kept in
 * memory. Enough for trying a bridge on parts of one's own; the stages keep thousands of scenes on disk instead.
 */

import { type Condition, clipSize, conditionOf, encodeText } from "@foley-control/audio-backbone";
import {
  type AudioBackbone,
  createRandom,
  type Executable,
  FoleyError,
  normalArray,
  type PlainTensor,
  type Runtime,
  type VideoEncoder,
} from "@foley-control/core";
import { renderScene, type Scene, type SceneClass } from "@foley-control/scenes";
import { encodeSegments, segmentPixels } from "@foley-control/video-encoder";
import { keptGraphs } from "./conditioning.js";
import { stratifiedTimes } from "./objective.js";

/** Options of {@link encodeScenes}. */
export interface EncodeScenesOptions {
  /** Seeds of the scenes; those from `HELD_OUT_SEED` on are for judging. */
  readonly seeds: readonly number[];
  /** Kinds of scene. Default: all, by their weights. */
  readonly classes?: readonly SceneClass[] | undefined;
  /** Stops between scenes. */
  readonly signal?: AbortSignal | undefined;
  /** Hears how many scenes are done. */
  readonly onProgress?: ((done: number, total: number) => void) | undefined;
}

/** How a batch is drawn. */
export interface SceneBatchOptions {
  /** Key of noise, times and of what is dropped: the same key gives the same numbers. */
  readonly key: number;
  /** Share of rows that lose their text, so that guidance has something to compare with. Default 0. */
  readonly dropText?: number | undefined;
  /** Share of rows that lose their video: it becomes zeros. Default 0. */
  readonly dropVideo?: number | undefined;
}

/** Scenes in memory. */
export interface EncodedScenes {
  /** Number of scenes. */
  readonly count: number;
  /** Latents per scene. */
  readonly frames: number;
  /** Video tokens per scene. */
  readonly videoTokens: number;
  /**
   * The inputs of {@link diffusionLoss} and `video` [rows, videoTokens, tokenWidth].
   *
   * @param rows - Which scenes, from 0; one may come several times.
   */
  batch(rows: readonly number[], options: SceneBatchOptions): Record<string, PlainTensor<"float32">>;
}

type Tensor = PlainTensor<"float32">;

/** A scene as the networks see it. */
interface EncodedScene {
  readonly latents: Tensor;
  readonly condition: Condition;
  readonly video: Tensor;
}

/**
 * Renders scenes as long as the encoder's window and encodes sound, caption and picture.
 *
 * @throws FoleyError `invalid-argument` without seeds; `unsupported` for an encoder whose pictures are not square and that does not
 *   prepare pictures itself; `options.signal.reason`.
 * @example
 * const scenes = await encodeScenes(runtime, { backbone, encoder }, { seeds: [1, 2, 3, 4], classes: ["strike"] });
 * const trainer = await createTrainer(runtime, diffusionLoss(…), initialiseBridge(config, 1), { frozen, learningRate });
 * await trainer.advance(scenes.batch([0, 2], { key: trainer.step }));
 */
export async function encodeScenes(
  runtime: Runtime,
  parts: { readonly backbone: AudioBackbone; readonly encoder: VideoEncoder },
  options: EncodeScenesOptions,
): Promise<EncodedScenes> {
  const { backbone, encoder } = parts;
  const { seeds, classes, signal, onProgress } = options;
  if (seeds.length === 0) throw new FoleyError("invalid-argument", "No seeds were given: there is no scene to encode.");
  const [height, width] = encoder.imageSize;
  if (height !== width && !encoder.preprocess) {
    throw new FoleyError("unsupported", `The encoder "${encoder.id}" wants ${height}×${width} pixels; scenes are square.`, {
      hint: "Give the encoder a `preprocess` that takes square pictures.",
    });
  }
  const seconds = encoder.window / encoder.frameRate;
  const { sampleRate } = backbone.codec;
  const size = clipSize(backbone, seconds);
  const { frames } = size;
  const side = Math.max(height, width);
  const graphs = keptGraphs(runtime, signal);
  const loaded: Executable[] = [];
  const load = async (...of: Parameters<Runtime["load"]>): Promise<Executable> => {
    const executable = await runtime.load(...of);
    loaded.push(executable);
    return executable;
  };
  try {
    const codec = await load(backbone.codec.encodeGraph({ frames }), backbone.codec.weights);
    const eye = await load(encoder.graph({ frames: encoder.window }), encoder.weights);
    const conditioned = async (caption: string) =>
      conditionOf(backbone, graphs.run, size, { text: await encodeText(backbone, graphs.run, caption), seconds });
    const silent = await conditioned("");
    const scenes: EncodedScene[] = [];
    for (const seed of seeds) {
      signal?.throwIfAborted();
      const scene = renderScene(seed, {
        seconds,
        sampleRate,
        imageSize: side,
        frameRate: encoder.frameRate,
        ...(classes && { classes }),
      });
      const { latents } = await codec.run({ audio: soundOf(scene, backbone, frames) });
      const video = await encodeSegments(eye, encoder, segmentPixels(encoder, picturesOf(scene), [side, side]));
      scenes.push({ latents: latents as Tensor, condition: await conditioned(scene.caption), video });
      onProgress?.(scenes.length, seeds.length);
    }
    return {
      count: scenes.length,
      frames,
      videoTokens: scenes[0]?.video.shape[1] ?? 0,
      batch: (rows, drawn) => batchOf(scenes, silent, rows, drawn),
    };
  } finally {
    await graphs.dispose();
    for (const executable of loaded) await executable.dispose();
  }
}

function batchOf(
  scenes: readonly EncodedScene[],
  silent: Condition,
  rows: readonly number[],
  { key, dropText = 0, dropVideo = 0 }: SceneBatchOptions,
): Record<string, Tensor> {
  const chosen = rows.map((row) => {
    const scene = scenes[row];
    if (scene) return scene;
    throw new FoleyError("invalid-argument", `There is no scene ${row}; there are ${scenes.length}, counted from 0.`);
  });
  const random = createRandom(key, "scenes");
  const times = stratifiedTimes(random, rows.length);
  const latents = stack(chosen.map((scene) => scene.latents));
  const conditions = chosen.map(({ condition }) => (random.chance(dropText) ? silent : condition));
  const videos = chosen.map(({ video }) => (random.chance(dropVideo) ? numbers(video.shape) : video));
  return {
    latents,
    noise: { ...latents, data: normalArray(key, ["scenes", "noise"], latents.data.length) },
    time: numbers([rows.length], times),
    ...Object.fromEntries(Object.keys(silent).map((name) => [name, stack(conditions.map((row) => row[name] as Tensor))])),
    video: stack(videos),
  };
}

/** A scene's sound for the codec: as many channels as it has, silence after the end. */
function soundOf(scene: Scene, { codec }: AudioBackbone, frames: number): Tensor {
  const samples = frames * codec.hop;
  const data = new Float32Array(codec.channels * samples);
  for (let channel = 0; channel < codec.channels; channel++) data.set(scene.audio.subarray(0, samples), channel * samples);
  return numbers([1, codec.channels, samples], data);
}

function* picturesOf({ frames, imageSize }: Scene): Generator<{ readonly rgb: Uint8Array }> {
  const size = imageSize * imageSize * 3;
  for (let at = 0; at < frames.length; at += size) yield { rgb: frames.subarray(at, at + size) };
}

/** A tensor of these numbers; without any, of zeros. */
function numbers(shape: readonly number[], values?: ArrayLike<number>): Tensor {
  const data = new Float32Array(shape.reduce((product, size) => product * size, 1));
  if (values) data.set(values);
  return { dtype: "float32", shape, data };
}

/** Tensors [1, …] joined along the first axis. */
function stack(tensors: readonly Tensor[]): Tensor {
  const [first] = tensors as readonly [Tensor];
  const data = new Float32Array(tensors.length * first.data.length);
  for (const [row, tensor] of tensors.entries()) data.set(tensor.data, row * first.data.length);
  return { dtype: "float32", shape: [tensors.length, ...first.shape.slice(1)], data };
}
