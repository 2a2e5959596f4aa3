/** From the frames of a video to what sounds are compared with. Frames come one after the other; those of one segment are kept. */
import {
  type Executable,
  FoleyError,
  type Graph,
  type ParameterSource,
  type Picture,
  type PlainTensor,
  type Runtime,
  type Shape,
} from "@foley-control/core";
import { type FramePickOptions, pickTimes } from "../frontends/frame-picks.js";
import { IMAGEBIND_FRAME_RATE, imagebindPixels, imagebindSquares } from "../frontends/imagebind-pictures.js";
import type { Square } from "../frontends/squares.js";
import { synchformerPixels, synchformerSquare } from "../frontends/synchformer-pictures.js";
import { IMAGEBIND_INPUT, type ImagebindClips } from "../networks/imagebind/imagebind.js";
import type { MetricNetwork } from "../networks/release.js";
import type { SynchformerSegments } from "../networks/synchformer/synchformer.js";
import { DESYNC_SEGMENT_FRAMES, desyncWindows } from "../statistics/desync.js";
import type { NamedRows } from "./sound-features.js";

/** Makes some features of videos. */
export interface PictureFeatures {
  /** What made them, settings included: features of equal ids are interchangeable, and are cached under it. */
  readonly id: string;
  /** Names of the features, without the side. */
  readonly makes: readonly string[];
  /**
   * Which frames are wanted: those on screen at `pickTimes` of this. A player that holds its last frame hides that a video is too short;
   * `pickedFrames` tells.
   */
  readonly looks: FramePickOptions;
  /**
   * Features of one video.
   *
   * @param frames - Those that are wanted, in order; what comes behind them is not asked for
   * @param options - `signal` stops between two runs of the network; its reason is thrown
   * @throws FoleyError `invalid-argument` when there are too few, or the clips too short for the network: ImageBind needs 4 s, Synchformer's windows 4.8 s
   */
  compute(
    frames: AsyncIterable<Picture> | Iterable<Picture>,
    options?: { readonly signal?: AbortSignal | undefined },
  ): Promise<NamedRows>;
  /** Frees the loaded graph; idempotent. */
  dispose(): Promise<void>;
}

/** Networks that see; each is left out or given. */
export interface PictureNetworks {
  /** `imagebind(weights).vision`. */
  readonly imagebind?: MetricNetwork<ImagebindClips>;
  /** `synchformer(weights).video`. */
  readonly synchformer?: MetricNetwork<SynchformerSegments>;
}

/**
 * Everything that the given networks say about pictures.
 *
 * @param seconds - First seconds of every video that are looked at; all clips of an evaluation must share them
 * @example
 * ```ts
 * const [features] = pictureFeatures(runtime, { synchformer: synchformer(weights).video }, 8);
 * const [start] = pickTimes(features.looks);
 * const frames = media.frames({ fps: features.looks.rate, start, duration: 8, size: [height, width] });
 * ```
 */
export function pictureFeatures(runtime: Runtime, networks: PictureNetworks, seconds: number): readonly PictureFeatures[] {
  const made: PictureFeatures[] = [];
  if (networks.imagebind) made.push(imagebindFeatures(runtime, networks.imagebind, seconds));
  if (networks.synchformer) made.push(synchformerFeatures(runtime, networks.synchformer, seconds));
  return made;
}

/** One row: the mean over the clips, not brought to length 1 again. */
function imagebindFeatures(runtime: Runtime, network: MetricNetwork<ImagebindClips>, seconds: number): PictureFeatures {
  const looks = { rate: IMAGEBIND_FRAME_RATE, seconds };
  const loaded = lazily(runtime, () => network.graph({}), network.weights);
  return {
    id: `${network.id}/${seconds}s`,
    makes: ["imagebind"],
    looks,
    async compute(frames, { signal } = {}) {
      const pairs = pickTimes(looks).length + 1 - IMAGEBIND_INPUT.frames;
      if (pairs < 1)
        throw new FoleyError("invalid-argument", `A clip of ${seconds} s is too short for ImageBind; expected at least 4 s.`, {
          hint: "Leave the clip out of this metric, or evaluate longer ones.",
        });
      let before: readonly Square[] | undefined;
      let mean: Float64Array | undefined;
      for await (const frame of wanted(frames, looks)) {
        const now = imagebindSquares(frame);
        if (before) {
          const { shape, data } = await loaded.run(imagebindPixels([before, now]), "embedding", signal);
          const [clips, width] = shape as readonly [number, number];
          mean ??= new Float64Array(width);
          for (let i = 0; i < data.length; i++) mean[i % width]! += data[i]! / (clips * pairs);
        }
        before = now;
      }
      const data = mean as Float64Array;
      return { imagebind: { count: 1, width: data.length, data } };
    },
    dispose: loaded.dispose,
  };
}

/** One row per segment of 0.64 s. */
function synchformerFeatures(runtime: Runtime, network: MetricNetwork<SynchformerSegments>, seconds: number): PictureFeatures {
  const { rate, length, step } = DESYNC_SEGMENT_FRAMES;
  const looks = { rate, seconds };
  const loaded = lazily(runtime, () => network.graph({ segments: 1 }), network.weights);
  return {
    id: `${network.id}/${seconds}s`,
    makes: ["synchformer"],
    looks,
    async compute(frames, { signal } = {}) {
      desyncWindows(seconds);
      const kept: Square[] = [];
      const rows: Float32Array[] = [];
      for await (const frame of wanted(frames, looks)) {
        kept.push(synchformerSquare(frame));
        if (kept.length < length) continue;
        rows.push((await loaded.run(synchformerPixels(kept, 0, 1), "features", signal)).data);
        kept.splice(0, step);
      }
      const width = rows[0]?.length ?? 0;
      const data = new Float32Array(rows.length * width);
      for (const [i, row] of rows.entries()) data.set(row, i * width);
      return { synchformer: { count: rows.length, width, data } };
    },
    dispose: loaded.dispose,
  };
}

/** As many frames as are looked at. */
async function* wanted(frames: AsyncIterable<Picture> | Iterable<Picture>, looks: FramePickOptions): AsyncGenerator<Picture> {
  const count = pickTimes(looks).length;
  let found = 0;
  for await (const frame of frames) {
    yield frame;
    if (++found === count) return;
  }
  throw new FoleyError(
    "invalid-argument",
    `The video has ${found} frames at ${looks.rate} per second; ${count} are needed for ${looks.seconds} s.`,
    { hint: "Leave the clip out, or evaluate a shorter part of all clips." },
  );
}

/** A graph over `pixels` that is loaded when it is first run. */
function lazily(runtime: Runtime, make: () => Graph, weights: ParameterSource) {
  let loaded: { readonly shape: Shape; readonly executable: Promise<Executable> } | undefined;
  return {
    async run(pixels: Float32Array<ArrayBuffer>, output: string, signal: AbortSignal | undefined) {
      if (!loaded) {
        const graph = make();
        loaded = { shape: graph.inputs[0]?.shape ?? [], executable: runtime.load(graph, weights) };
      }
      const { shape, executable } = loaded;
      const found = await (await executable).run({ pixels: { dtype: "float32", shape, data: pixels } }, { signal });
      return found[output] as PlainTensor<"float32">;
    },
    async dispose(): Promise<void> {
      const last = loaded;
      loaded = undefined;
      if (last) await (await last.executable).dispose();
    },
  };
}
