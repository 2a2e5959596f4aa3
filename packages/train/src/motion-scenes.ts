/** Scenes as the motion encoder sees them. A training comes back to its scenes: each is rendered when it is first asked for, and kept as brightness. */
import { createRandom, type PlainTensor } from "@foley-control/core";
import { contactsOf, renderScene, type Scene } from "@foley-control/scenes";
import type { DrawnScene } from "./scene-draws.js";

/** Width of the bump that a contact is in the course of a clip, seconds: what a picture can tell. */
const CONTACT_WIDTH = 0.027;
/** A contact this far outside of the picture may show, or not; the frames around it teach nothing. As part of the picture. */
const EDGE = 0.06;

/** How clips are shown. */
export interface MotionClips {
  /** Pictures of a clip. */
  readonly frames: number;
  /** Per second. */
  readonly frameRate: number;
  /** Pixels per side. */
  readonly imageSize: number;
  /** Cells per side that contacts are placed in. */
  readonly cells: number;
  /** Pictures per token. */
  readonly tubeletSize: number;
}

/** A scene of the motion encoder. */
export type MotionScene = DrawnScene;

/** What a clip is asked for: everything but its pictures. */
export type MotionTargets = Readonly<Record<"contacts" | "strengths" | "seen" | "cells" | "loudness", Float32Array>>;

interface Kept {
  readonly luma: Uint8Array;
  readonly targets: MotionTargets;
}

/** Rendered scenes. */
export interface MotionScenes {
  /**
   * Inputs of `videoEncoderLoss`. Where `key` is given, clips are mirrored, lighter or darker, as it draws.
   *
   * @param key - step and the like
   */
  batch(scenes: readonly MotionScene[], key?: { readonly seed: number; readonly step: number }): Record<string, PlainTensor>;
}

/** @param clips - what every clip of a batch has in common */
export function motionScenes(clips: MotionClips): MotionScenes {
  const { frames, frameRate, imageSize, cells, tubeletSize } = clips;
  const kept = new Map<string, Kept>();
  const see = ({ seed, ...options }: MotionScene): Kept => {
    const scene = renderScene(seed, { ...options, seconds: frames / frameRate, imageSize, frameRate, audio: false });
    return { luma: lumaOf(scene.frames), targets: motionTargets(scene, clips) };
  };
  const shapes = {
    contacts: [frames],
    strengths: [frames],
    seen: [frames],
    cells: [frames, cells ** 2],
    loudness: [frames / tubeletSize],
  };
  return {
    batch(scenes, key) {
      const rows = scenes.map((scene) => {
        const name = JSON.stringify(scene);
        const row = kept.get(name) ?? see(scene);
        kept.set(name, row);
        return row;
      });
      const size = frames * imageSize ** 2;
      const luma = new Uint8Array(rows.length * size);
      const targets = Object.entries(shapes).map(([name, shape]): [keyof MotionTargets, PlainTensor<"float32">] => {
        const full = [rows.length, ...shape];
        return [
          name as keyof MotionTargets,
          { dtype: "float32", shape: full, data: new Float32Array(full.reduce((a, b) => a * b)) },
        ];
      });
      for (const [row, { luma: pictures, targets: asked }] of rows.entries()) {
        const random = key && createRandom(key.seed, "motion", key.step, row);
        const mirror = random?.chance(0.5) ?? false;
        const levels = random
          ? levelsOf(random.range(0.6, 1.4), random.range(-25, 25), Math.exp(0.3 * random.normal()))
          : undefined;
        copyPictures(pictures, luma.subarray(row * size, (row + 1) * size), imageSize, mirror, levels);
        for (const [name, { data }] of targets) {
          const values = asked[name];
          data.set(mirror && name === "cells" ? mirrored(values, cells) : values, row * values.length);
        }
      }
      const shape = [rows.length, frames, imageSize, imageSize];
      return { luma: { dtype: "uint8", shape, data: luma }, ...Object.fromEntries(targets) };
    },
  };
}

/** What a scene is asked for. */
export function motionTargets(scene: Scene, { frames, frameRate, cells, tubeletSize }: MotionClips): MotionTargets {
  const contacts = new Float32Array(frames);
  const strengths = new Float32Array(frames);
  const seen = new Float32Array(frames).fill(1);
  const placed = new Float32Array(frames * cells ** 2);
  const cell = (place: number) => Math.min(cells - 1, Math.max(0, Math.floor(place * cells)));
  for (const { time, x, y, velocity } of contactsOf(scene)) {
    // Frame k is exposed around (k + ½) / frameRate.
    const middle = time * frameRate - 0.5;
    const outside = Math.max(-x, x - 1, -y, y - 1);
    const reach = 3 * CONTACT_WIDTH * frameRate;
    for (let frame = Math.max(0, Math.ceil(middle - reach)); frame < Math.min(frames, middle + reach); frame++) {
      const value = Math.exp(-0.5 * ((frame - middle) / (CONTACT_WIDTH * frameRate)) ** 2);
      if (outside > EDGE) {
        if (value > 0.1) seen[frame] = 0;
        continue;
      }
      if (value <= (contacts[frame] as number)) continue;
      contacts[frame] = value;
      strengths[frame] = velocity;
      placed[(frame * cells + cell(y)) * cells + cell(x)] = value;
    }
  }
  // A contact inside the picture is asked for whatever happens beyond its edge.
  for (let frame = 0; frame < frames; frame++) if ((contacts[frame] as number) > 0.3) seen[frame] = 1;
  const tokens = frames / tubeletSize;
  const loudness = Float32Array.from({ length: tokens }, (_, token) => {
    const at = (((token + 0.5) * tubeletSize) / frameRate) * (scene.envelope?.rate ?? 0);
    return scene.envelope?.values[Math.floor(at)] ?? 0;
  });
  return { contacts, strengths, seen, cells: placed, loudness };
}

/** RGB bytes → brightness (ITU-R BT.601). */
function lumaOf(rgb: Uint8Array): Uint8Array {
  return Uint8Array.from({ length: rgb.length / 3 }, (_, i) =>
    Math.round(0.299 * (rgb[3 * i] as number) + 0.587 * (rgb[3 * i + 1] as number) + 0.114 * (rgb[3 * i + 2] as number)),
  );
}

/** Every brightness under another exposure. */
const levelsOf = (gain: number, lift: number, gamma: number): Uint8Array =>
  Uint8Array.from({ length: 256 }, (_, i) => Math.min(255, Math.max(0, Math.round(255 * gain * (i / 255) ** gamma + lift))));

function copyPictures(from: Uint8Array, to: Uint8Array, size: number, mirror: boolean, levels: Uint8Array | undefined): void {
  if (!mirror && !levels) {
    to.set(from);
    return;
  }
  for (let row = 0; row < from.length; row += size) {
    for (let column = 0; column < size; column++) {
      const value = from[row + (mirror ? size - 1 - column : column)] as number;
      to[row + column] = levels ? (levels[value] as number) : value;
    }
  }
}

const mirrored = (cells: Float32Array, columns: number): Float32Array =>
  cells.map((_, i) => cells[i - (i % columns) + columns - 1 - (i % columns)] as number);
