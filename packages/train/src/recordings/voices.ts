/** Scenes whose contacts sound by recordings: which recordings stand for which things and materials, and the clip of a scene. */
import type { Random } from "@foley-control/core";
import { contactsOf, type Material, type SceneClass, type SceneDescription } from "@foley-control/scenes";
import type { ClipSound, SoundEvent } from "../clip-sound.js";
import { addTake, finish, inOrder } from "./mix.js";
import type { Recording } from "./recording.js";

/** Recordings that may sound in a scene. */
interface Voice {
  readonly cls: string;
  /** Of the label. Default: any. */
  readonly label?: RegExp;
  readonly materials: readonly Material[];
  readonly classes: readonly SceneClass[];
}

const HITS = ["strike", "collide", "bounce", "scatter"] as const;
const ANY = ["metal", "glass", "wood", "ceramic", "stone", "plastic", "rubber"] as const;

const VOICES: readonly Voice[] = [
  { cls: "footsteps", label: /metal/, materials: ["metal"], classes: ["footsteps"] },
  { cls: "footsteps", label: /hard|ice/, materials: ["stone", "ceramic"], classes: ["footsteps"] },
  { cls: "footsteps", label: /^footstep/, materials: ["wood", "stone", "plastic"], classes: ["footsteps"] },
  { cls: "footsteps", label: /sand|snow/, materials: ["rubber"], classes: ["footsteps"] },
  { cls: "tick", materials: ANY, classes: ["tick"] },
  { cls: "hit", label: /metal/, materials: ["metal"], classes: HITS },
  { cls: "dig", label: /metal/, materials: ["metal"], classes: ["strike", "collide"] },
  { cls: "coin", label: /^coin/, materials: ["metal"], classes: ["bounce", "collide", "scatter"] },
  { cls: "bell", label: /gong|bell/, materials: ["metal"], classes: ["strike"] },
  { cls: "chop", materials: ["wood"], classes: HITS },
  { cls: "knock", label: /knock/, materials: ["wood"], classes: ["strike"] },
  { cls: "hit", label: /stone/, materials: ["stone"], classes: HITS },
  { cls: "dig", label: /gravel|crack/, materials: ["stone"], classes: HITS },
  { cls: "glass_break", materials: ["glass"], classes: ["strike", "collide", "scatter"] },
  { cls: "coin", label: /chips/, materials: ["plastic"], classes: ["bounce", "collide", "scatter"] },
  { cls: "dice", materials: ["plastic"], classes: ["bounce", "scatter"] },
  { cls: "splash", materials: ["water"], classes: ["drip"] },
];

/** Classes that recordings stand for, beside impacts in general those that were learnt worst. */
export const VOICED_CLASSES: readonly SceneClass[] = ["footsteps", "tick", ...HITS];

/** What may sound in a scene. */
export function voicesOf(scene: Pick<SceneDescription, "class" | "material">, all: readonly Recording[]): readonly Recording[] {
  const fitting = VOICES.filter(({ materials, classes }) => classes.includes(scene.class) && materials.includes(scene.material));
  return all.filter(
    (recording) =>
      !recording.long && fitting.some(({ cls, label }) => cls === recording.cls && (label?.test(recording.label) ?? true)),
  );
}

/** The clip of a scene, its contacts sounded by takes of one thing among `voices`, at the levels that the scene has for them. */
export function voicedClip(scene: SceneDescription, voices: readonly Recording[], sampleRate: number, random: Random): ClipSound {
  const out = new Float32Array(Math.round(scene.seconds * sampleRate));
  const one = random.pick(voices);
  const takes = voices.filter(({ cls, label }) => cls === one.cls && label === one.label);
  const events: SoundEvent[] = [];
  for (const { time, velocity, energyDb } of contactsOf(scene)) {
    const take = random.chance(0.5) ? random.pick(takes) : one;
    events.push(...addTake(out, take, { time, strength: velocity, gain: 10 ** (energyDb / 20), sampleRate }, random));
  }
  finish(out, random.fork("floor"));
  return { audio: out, captions: [scene.caption, ...scene.paraphrases], events: inOrder(events) };
}
