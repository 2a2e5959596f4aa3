/** Opening models by the table of releases: who recognises the files opens them. Nothing is read but headers. */
import { BACKBONE_OPENERS, type OpenBackboneOptions } from "@foley-control/audio-backbone/node";
import { bridgeFromSource } from "@foley-control/bridge";
import { type AudioBackbone, type Bridge, FoleyError, type VideoEncoder } from "@foley-control/core";
import { type OpenVideoEncoderOptions, VIDEO_ENCODER_OPENERS } from "@foley-control/video-encoder/node";
import type { Release } from "@foley-control/weights";
import { openSafetensors } from "@foley-control/weights/node";
import { RELEASES } from "../registry.js";
import { lookAt } from "./fetch.js";

/**
 * Opens a text-to-audio model, whichever it is.
 *
 * @param path - a folder as downloaded, or a file
 * @throws FoleyError `not-found` when there is nothing, `bad-file` when it is no backbone that is known; otherwise as its opener
 * @example
 * ```ts
 * const backbone = await openBackbone("./stable-audio-open-1.0", { textEncoder: "./t5-base" });
 * ```
 */
export async function openBackbone(path: string, options: OpenBackboneOptions = {}): Promise<AudioBackbone> {
  const name = await recognised(RELEASES["audio-backbone"], path, "a text-to-audio model");
  return BACKBONE_OPENERS[name](path, { videoEncoder: openVideoEncoder, ...options });
}

/**
 * Opens a video encoder, whichever it is.
 *
 * @param path - a folder as downloaded, or a file
 * @throws FoleyError `not-found` when there is nothing, `bad-file` when it is no encoder that is known; otherwise as its opener
 */
export async function openVideoEncoder(path: string, options: OpenVideoEncoderOptions = {}): Promise<VideoEncoder> {
  return VIDEO_ENCODER_OPENERS[await recognised(RELEASES["video-encoder"], path, "a video encoder")](path, options);
}

/**
 * Opens a bridge.
 *
 * @param path - its file
 * @throws FoleyError `bad-file`, `bad-weights`
 */
export async function openBridge(path: string): Promise<Bridge> {
  const file = await openSafetensors(path);
  return bridgeFromSource(file, file.metadata);
}

/** The name of the row that recognises what lies at a path. */
async function recognised<Name extends string>(
  releases: Readonly<Record<Name, Release>>,
  path: string,
  what: string,
): Promise<Name> {
  const found = await lookAt(path);
  const rows = Object.entries(releases) as [Name, Release][];
  for (const [name, release] of rows) if (await release.recognises(found)) return name;
  throw new FoleyError("bad-file", `${path} is not ${what} that can be read.`, {
    hint: `Give ${rows.map(([, { looks }]) => looks).join("; or ")}.`,
  });
}
