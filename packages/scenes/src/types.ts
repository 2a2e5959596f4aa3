/** The public shapes of a scene: what happened, what it looks like, what it sounds like, how it is described. */

/** Scene classes whose sound is made of separate contacts. */
export const IMPACT_CLASSES = ["bounce", "strike", "collide", "footsteps", "drip", "scatter", "tick"] as const;
/** Scene classes whose sound lasts; their truth is an {@link SceneEnvelope}. */
export const CONTINUOUS_CLASSES = ["scrape", "roll", "rain", "engine"] as const;
/** Every scene class; `silent-motion` moves and makes no sound. */
export const SCENE_CLASSES = [...IMPACT_CLASSES, ...CONTINUOUS_CLASSES, "silent-motion"] as const;
/** Classes that only filmed looks draw from of themselves; `idle` and `fidget` move and make no sound. */
const FILM_ONLY = ["poke", "drum", "chop", "place", "walk", "rally", "drop", "idle"] as const;
const HELD_OUT_ONLY = ["knock", "juggle", "hop", "fidget"] as const;
/** Classes of the look `film`. */
export const FILM_CLASSES = [
  "bounce",
  "strike",
  "collide",
  "footsteps",
  "scatter",
  "scrape",
  "roll",
  "silent-motion",
  ...FILM_ONLY,
] as const;
/** Classes of the look `film-held-out`, none of which `film` draws. */
export const FILM_HELD_OUT_CLASSES = ["tick", "drip", ...HELD_OUT_ONLY] as const;
/** One of {@link SCENE_CLASSES}, {@link FILM_CLASSES} or {@link FILM_HELD_OUT_CLASSES}. */
export type SceneClass = (typeof SCENE_CLASSES)[number] | (typeof FILM_CLASSES)[number] | (typeof FILM_HELD_OUT_CLASSES)[number];

/** How a scene is shown: drawn, as if filmed, or as if filmed with what `film` never uses. */
export type SceneLook = "drawn" | "film" | "film-held-out";

/** Solid materials; each has its own sound and its own look. */
export const SOLID_MATERIALS = ["metal", "glass", "wood", "ceramic", "stone", "plastic", "rubber"] as const;
/** A solid material. */
export type SolidMaterial = (typeof SOLID_MATERIALS)[number];
/** Every material; `water` occurs only where drops or rain fall into water. */
export const MATERIALS = [...SOLID_MATERIALS, "water"] as const;
/** One of {@link MATERIALS}. */
export type Material = (typeof MATERIALS)[number];

/** One thing that happened at one moment. */
export interface SceneEvent {
  /** Seconds from the start of the clip; the sound of a contact starts at sample `round(time × sampleRate)`. */
  readonly time: number;
  /** What happened: `hit`, `wall`, `step`, `drop`, `tick`, `stroke`, `start`, `peak` or `stop`. */
  readonly kind: SceneEventKind;
  /** Material that sounds. */
  readonly material: Material;
  /** Relative strength in (0, 1]; amplitude grows as `velocity^1.2`. */
  readonly velocity: number;
  /** Horizontal place in the picture at that moment: 0 left edge, 1 right edge. */
  readonly x: number;
  /** Vertical place: 0 top, 1 bottom. */
  readonly y: number;
  /** True when the place is inside the picture. */
  readonly visible: boolean;
  /** Estimated peak of this event alone in dB relative to full scale, before the peak guard of the clip. */
  readonly energyDb: number;
}

/** Kinds of {@link SceneEvent}. `hit`, `wall`, `step`, `drop` and `tick` have a sharp sound onset; the others do not. */
export type SceneEventKind = "hit" | "wall" | "step" | "drop" | "tick" | "stroke" | "start" | "peak" | "stop";

/** Loudness over time of a continuous class. */
export interface SceneEnvelope {
  /** Values per second. */
  readonly rate: number;
  /** Relative amplitude in [0, 1], value `i` at time `i / rate`. */
  readonly values: Float32Array;
}

/** A scene without its media: cheap to make. */
export interface SceneDescription {
  /** Seed that made it. */
  readonly seed: number;
  /** What happens. */
  readonly class: SceneClass;
  /** Material that is heard (and named in the caption). */
  readonly material: Material;
  /** Material that is seen; differs from `material` only when the `material` option overrides the sound. */
  readonly visibleMaterial: Material;
  /** Lower-case sentence that names class and material. */
  readonly caption: string;
  /** Further sentences for the same scene; the last may leave the material open. */
  readonly paraphrases: readonly string[];
  /** Same scene with a clearly different sounding material, or `null` where the class has no material to exchange. */
  readonly contradiction: { readonly caption: string; readonly material: Material } | null;
  /** Length in seconds. */
  readonly seconds: number;
  /** Events in order of time. */
  readonly events: readonly SceneEvent[];
  /** Only for continuous classes. */
  readonly envelope?: SceneEnvelope;
}

/** A description with its sound. */
export interface SceneAudio extends SceneDescription {
  /** Mono samples, peak ≤ 0.95. */
  readonly audio: Float32Array;
  /** Samples per second. */
  readonly sampleRate: number;
}

/** A rendered scene. Media that were switched off are empty arrays. */
export interface Scene extends SceneAudio {
  /** RGB bytes, `[frame, row, column, channel]`; frame `k` is exposed around `(k + 0.5) / frameRate` seconds. */
  readonly frames: Uint8Array;
  /** Frames per second. */
  readonly frameRate: number;
  /** Width and height of a frame in pixels. */
  readonly imageSize: number;
}

/** What {@link describeScene} takes. */
export interface DescribeOptions {
  /** Length in seconds, 0.25 to 60. @defaultValue `DEFAULT_SECONDS` */
  readonly seconds?: number;
  /** Draw the class from these only. @defaultValue all of the look, by their weights */
  readonly classes?: readonly SceneClass[];
  /** How it is shown. @defaultValue `"drawn"` */
  readonly look?: SceneLook;
  /** Let another material sound; picture and event times stay the same. @defaultValue the visible material */
  readonly material?: Material;
}

/** What {@link renderAudio} takes. */
export interface AudioOptions extends DescribeOptions {
  /** Samples per second, 8000 to 96000. @defaultValue `DEFAULT_SAMPLE_RATE` */
  readonly sampleRate?: number;
}

/** What {@link renderScene} takes. */
export interface SceneOptions extends AudioOptions {
  /** Width and height in pixels, 16 to 1024. @defaultValue `DEFAULT_IMAGE_SIZE` */
  readonly imageSize?: number;
  /** Frames per second, 1 to 60. @defaultValue `DEFAULT_FRAME_RATE` */
  readonly frameRate?: number;
  /** Render sound. @defaultValue true */
  readonly audio?: boolean;
  /** Render pictures. @defaultValue true */
  readonly frames?: boolean;
}
