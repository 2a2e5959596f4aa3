/** What sets the look of `film` apart from that of `film-held-out`: they share no texture family, no camera kind, no source rate and no codec. */
import type { SceneLook } from "../types.js";
import { HELD_OUT_TEXTURE_FAMILIES, TEXTURE_FAMILIES, type TextureFamily } from "./textures.js";

/** How a camera is held. */
export type CameraKind = "tripod" | "hand" | "pan" | "zoom" | "worn" | "drift";
/** How pictures are packed. */
export type Codec = "none" | "blocks" | "levels";

/** What a filmed look draws from. */
export interface FilmStyle {
  readonly textures: readonly TextureFamily[];
  readonly cameras: readonly CameraKind[];
  /** Pictures per second of the source; they are shown at the asked rate by what is shown at each tick. */
  readonly rates: readonly number[];
  readonly codecs: readonly Codec[];
  /** Every other row is half a source picture late. */
  readonly interlaced: boolean;
}

/** Of both filmed looks. */
export const FILM_STYLES: Readonly<Record<Exclude<SceneLook, "drawn">, FilmStyle>> = {
  film: {
    textures: TEXTURE_FAMILIES,
    cameras: ["tripod", "tripod", "tripod", "hand", "hand", "hand", "hand", "pan", "zoom"],
    rates: [15, 15, 24, 25, 30, 30, 30, 60],
    codecs: ["none", "blocks", "blocks"],
    interlaced: false,
  },
  "film-held-out": {
    textures: HELD_OUT_TEXTURE_FAMILIES,
    cameras: ["worn", "drift", "drift"],
    rates: [12, 20, 29.97, 29.97, 50],
    codecs: ["levels"],
    interlaced: true,
  },
};
