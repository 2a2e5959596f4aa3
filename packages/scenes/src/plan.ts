/** What a scene class gives: times and words at once, picture and sound as functions that are run only when wanted. */
import type { Random } from "@foley-control/core";
import type { Painter } from "./painter.js";
import type { Material, SceneEventKind } from "./types.js";

/** One event in scene coordinates, before the camera. */
export interface Contact {
  readonly time: number;
  readonly kind: SceneEventKind;
  /** In (0, 1]. */
  readonly velocity: number;
  readonly x: number;
  readonly y: number;
  /** Index of the sounding body. @defaultValue 0 */
  readonly body?: number;
  /** Factor on the amplitude. @defaultValue 1 */
  readonly gain?: number;
}

/** The words a caption is made of. */
export interface SceneWords {
  /** Singular noun. */
  readonly object: string;
  /** Plural noun. */
  readonly plural: string;
  /** Where, e.g. `on a table`. */
  readonly place: string;
  /** Template set, when a class has several. */
  readonly variant?: string;
  /** Size, e.g. `small`; empty when not worth saying. */
  readonly size?: string;
}

/** What planning may use. */
export interface PlanContext {
  readonly random: Random;
  readonly seconds: number;
}

/** What drawing may use. */
export interface PictureContext {
  readonly random: Random;
  /** Texture width that suits the image size. */
  readonly detail: number;
}

/** What drawing gives. */
export interface Picture {
  /** Things that do not move; drawn once. */
  still?(painter: Painter): void;
  /** Things that move; drawn for every exposure. */
  moving(painter: Painter, time: number): void;
}

/** What sounding may use. */
export interface SoundContext {
  readonly random: Random;
  readonly out: Float32Array;
  readonly sampleRate: number;
  readonly seconds: number;
  /** Material to be heard. */
  readonly material: Material;
  /** Linear gain of the distance. */
  readonly gain: number;
}

/** A planned scene. */
export interface ScenePlan {
  /** Visible material. */
  readonly material: Material;
  /** Whether another material could sound instead. @defaultValue true */
  readonly exchangeable?: boolean;
  readonly words: SceneWords;
  /** In order of time. */
  readonly contacts: readonly Contact[];
  /** Relative amplitude at a time, for continuous classes. */
  readonly envelope?: (time: number) => number;
  /** Amplitude of a contact at velocity 1, relative to the level of the material. */
  readonly gain: number;
  /** Exposures per frame. */
  readonly exposures: number;
  /** Height of the ground line, or `null` when the view is from above or there is none. */
  readonly ground: number | null;
  /** How a camera that films goes along, in scene units. */
  readonly follow?: (time: number) => readonly [number, number];
  picture(context: PictureContext): Picture;
  sound(context: SoundContext): void;
}
