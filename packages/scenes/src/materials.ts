/**
 * How materials sound: ranges of the modal parameters (van den Doel & Pai, "The Sounds of Physical Shapes", 1998).
 * Loss tangents order the decay times; ranges are chosen so that materials stay apart whatever the size of the object.
 */
import type { SolidMaterial } from "./types.js";

/** Acoustic parameters of a material. */
export interface AcousticMaterial {
  /** Lowest mode of the largest and of the smallest object, Hz. */
  readonly lowest: readonly [number, number];
  /** Mode frequency ratios, one family is drawn per object. */
  readonly families: readonly (readonly number[])[];
  /** Damping per cycle: `d = π f lossTangent + extraDamping`. */
  readonly lossTangent: number;
  /** Frequency-independent damping, 1/s. */
  readonly extraDamping: readonly [number, number];
  /** Contact time at velocity 1, seconds (Hertz: shorter when faster). */
  readonly contactTime: number;
  /** Weight of a mode falls as `ratio^-tilt`. */
  readonly tilt: number;
  /** Contact noise relative to the modes. */
  readonly click: number;
  /** Share of high frequencies in the contact noise, 0 to 1. */
  readonly clickBrightness: number;
  /** Peak at velocity 1, linear. */
  readonly level: number;
}

const BAR = [1, 2.756, 5.404, 8.933, 13.34];
const BELL = [1, 2, 2.4, 3.01, 4.03, 5.2, 6.6, 8.2, 9.9];
const METAL_PLATE = [1, 1.58, 2.28, 2.71, 3.64, 4.35, 5.62, 6.9, 8.3, 10.1];
const WINE_GLASS = [1, 2.32, 4.25, 6.63, 9.38];
const BOTTLE = [1, 1.83, 2.9, 4.6];
const BOWL = [1, 2.14, 2.85, 4.4, 5.9];
const CLUSTER = [1, 1.21, 1.47, 1.83, 2.24, 2.71, 3.3, 4.1, 5.2];
const ROCK = [1, 1.33, 1.62, 2.05, 2.55, 3.2, 3.9, 4.8];
const WOOD_BAR = [1, 2.6, 4.9, 7.4];
const WOOD_BOX = [1, 1.52, 2.35, 3.4, 4.7];
const SHELL = [1, 1.61, 2.3, 2.92, 3.6];
const MEMBRANE = [1, 1.593, 2.135, 2.653];

/** Sound of every solid material. */
export const ACOUSTICS: Readonly<Record<SolidMaterial, AcousticMaterial>> = {
  metal: {
    lowest: [300, 1100],
    families: [BAR, BELL, METAL_PLATE, METAL_PLATE],
    lossTangent: 0.0008,
    extraDamping: [2.2, 6],
    contactTime: 0.0003,
    tilt: 0.35,
    click: 0.12,
    clickBrightness: 0.9,
    level: 0.6,
  },
  glass: {
    lowest: [1900, 3800],
    families: [WINE_GLASS, BOTTLE],
    lossTangent: 0.0018,
    extraDamping: [6, 13],
    contactTime: 0.00016,
    tilt: 0.7,
    click: 0.12,
    clickBrightness: 1,
    level: 0.5,
  },
  ceramic: {
    lowest: [900, 1700],
    families: [BOWL, BOTTLE],
    lossTangent: 0.004,
    extraDamping: [24, 38],
    contactTime: 0.0003,
    tilt: 0.6,
    click: 0.15,
    clickBrightness: 0.8,
    level: 0.5,
  },
  stone: {
    lowest: [900, 1600],
    families: [CLUSTER, ROCK],
    lossTangent: 0.012,
    extraDamping: [130, 210],
    contactTime: 0.0002,
    tilt: 0.05,
    click: 0.4,
    clickBrightness: 0.85,
    level: 0.6,
  },
  wood: {
    lowest: [190, 460],
    families: [WOOD_BAR, WOOD_BOX],
    lossTangent: 0.02,
    extraDamping: [24, 40],
    contactTime: 0.0008,
    tilt: 0.7,
    click: 0.12,
    clickBrightness: 0.3,
    level: 0.5,
  },
  plastic: {
    lowest: [560, 950],
    families: [SHELL, BOTTLE],
    lossTangent: 0.045,
    extraDamping: [60, 95],
    contactTime: 0.0011,
    tilt: 0.8,
    click: 0.1,
    clickBrightness: 0.35,
    level: 0.38,
  },
  rubber: {
    lowest: [70, 140],
    families: [MEMBRANE],
    lossTangent: 0.12,
    extraDamping: [26, 40],
    contactTime: 0.0055,
    tilt: 0.9,
    click: 0.015,
    clickBrightness: 0,
    level: 0.42,
  },
};

/** Materials that nobody confuses with the key; used for captions that contradict the picture. */
export const CLEARLY_DIFFERENT: Readonly<Record<SolidMaterial | "water", readonly SolidMaterial[]>> = {
  metal: ["wood", "rubber", "stone", "plastic"],
  glass: ["wood", "rubber", "plastic", "stone"],
  ceramic: ["wood", "rubber", "metal"],
  stone: ["metal", "glass", "rubber", "wood"],
  wood: ["metal", "glass", "stone", "ceramic"],
  plastic: ["metal", "glass", "rubber"],
  rubber: ["metal", "glass", "wood", "stone", "ceramic"],
  water: ["metal", "wood", "glass", "plastic"],
};
