/** Scenes as the motion encoder sees them. A training comes back to its scenes: each is rendered when it is first asked for, and kept as brightness. */
import { createRandom, elementCount, type PlainTensor } from "@foley-control/core";
import { contactsOf, renderScene, type Scene, type SceneEvent, type SceneOptions } from "@foley-control/scenes";
import { filmed, type LumaClip } from "./filming.js";
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

/** A scene of the motion encoder: how it looks is drawn with it. */
export interface MotionScene extends DrawnScene, Pick<SceneOptions, "look"> {}

/** Always the same scene in the same look: most are film. Film has classes of its own, so that what is emphasised is drawn. */
export const inTheirLook = (scene: DrawnScene): MotionScene => ({
  ...scene,
  look: scene.classes || scene.seed % 5 === 0 ? "drawn" : "film",
});

/** What a clip is asked for: everything but its pictures. */
export type MotionTargets = Readonly<Record<"contacts" | "strengths" | "seen" | "cells" | "loudness", Float32Array>>;

/** A contact as a picture is asked for it. */
export type ShownContact = Pick<SceneEvent, "time" | "x" | "y" | "velocity">;

interface Kept extends LumaClip {
  readonly contacts: readonly ShownContact[];
  readonly envelope: Scene["envelope"];
}

/** Rendered scenes. */
export interface MotionScenes {
  /**
   * Inputs of `videoEncoderLoss`.
   *
   * @param key - where given, clips are filmed anew as it draws, and mirrored
   */
  batch(scenes: readonly MotionScene[], key?: { readonly seed: number; readonly step: number }): Record<string, PlainTensor>;
}

/** How much larger scenes are rendered that are filmed anew: a camera sees a part of them. */
const AROUND = 1.25;

/** @param clips - what every clip of a batch has in common */
export function motionScenes(clips: MotionClips): MotionScenes {
  const { frames, frameRate, imageSize, cells, tubeletSize } = clips;
  const kept = new Map<string, Kept>();
  const see = ({ seed, ...options }: MotionScene, size: number): Kept => {
    const name = JSON.stringify([seed, options, size]);
    const before = kept.get(name);
    if (before) return before;
    const scene = renderScene(seed, { ...options, seconds: frames / frameRate, imageSize: size, frameRate, audio: false });
    const made = { luma: lumaOf(scene.frames), size, frameRate, contacts: contactsOf(scene), envelope: scene.envelope };
    kept.set(name, made);
    return made;
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
      const count = scenes.length;
      const size = frames * imageSize ** 2;
      const luma = new Uint8Array(count * size);
      const targets = Object.entries(shapes).map(([name, shape]): [keyof MotionTargets, PlainTensor<"float32">] => {
        const full = [count, ...shape];
        return [name as keyof MotionTargets, { dtype: "float32", shape: full, data: new Float32Array(elementCount(full)) }];
      });
      for (const [row, scene] of scenes.entries()) {
        const clip = see(scene, key ? AROUND * imageSize : imageSize);
        const random = key && createRandom(key.seed, "filming", key.step, row);
        const film = random && filmed(clip, imageSize, random, clip.contacts, { already: scene.look === "film" });
        const mirror = random?.chance(0.5) ?? false;
        const contacts = clip.contacts.map((contact) => {
          const place = film ? film.place(contact.time, contact.x, contact.y) : contact;
          return { ...contact, x: mirror ? 1 - place.x : place.x, y: place.y };
        });
        const pictures = film?.luma ?? clip.luma;
        luma.set(mirror ? mirrored(pictures, imageSize) : pictures, row * size);
        const asked = motionTargets(contacts, clip.envelope, clips);
        for (const [name, { data }] of targets) data.set(asked[name], row * asked[name].length);
      }
      const shape = [count, frames, imageSize, imageSize];
      return { luma: { dtype: "uint8", shape, data: luma }, ...Object.fromEntries(targets) };
    },
  };
}

/** What the pictures of a clip are asked for. */
export function motionTargets(
  touching: readonly ShownContact[],
  envelope: Scene["envelope"],
  { frames, frameRate, cells, tubeletSize }: MotionClips,
): MotionTargets {
  const contacts = new Float32Array(frames);
  const strengths = new Float32Array(frames);
  const seen = new Float32Array(frames).fill(1);
  const placed = new Float32Array(frames * cells ** 2);
  const cell = (place: number) => Math.min(cells - 1, Math.max(0, Math.floor(place * cells)));
  for (const { time, x, y, velocity } of touching) {
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
    const at = (((token + 0.5) * tubeletSize) / frameRate) * (envelope?.rate ?? 0);
    return envelope?.values[Math.floor(at)] ?? 0;
  });
  return { contacts, strengths, seen, cells: placed, loudness };
}

/** RGB bytes → brightness (ITU-R BT.601). */
function lumaOf(rgb: Uint8Array): Uint8Array {
  return Uint8Array.from({ length: rgb.length / 3 }, (_, i) =>
    Math.round(0.299 * (rgb[3 * i] as number) + 0.587 * (rgb[3 * i + 1] as number) + 0.114 * (rgb[3 * i + 2] as number)),
  );
}

/** Pictures with left and right changed over. */
function mirrored(pictures: Uint8Array, width: number): Uint8Array {
  const turned = pictures.slice();
  for (let row = 0; row < turned.length; row += width) turned.subarray(row, row + width).reverse();
  return turned;
}
