/**
 * The files of the small model for bundlers, which put them among the assets of a page and their addresses here. An entry of its own, so that
 * nobody ships 10 MB who does not name them.
 * @module
 */
import type { MiniPart } from "./files.js";

/**
 * Addresses of the three files that this package ships.
 *
 * @example
 * const foley = await createFoley({ model: miniWeights });
 */
export const miniWeights: Readonly<Record<MiniPart, URL>> = {
  backbone: new URL("../weights/backbone.safetensors", import.meta.url),
  encoder: new URL("../weights/video-encoder.safetensors", import.meta.url),
  bridge: new URL("../weights/bridge.safetensors", import.meta.url),
};
