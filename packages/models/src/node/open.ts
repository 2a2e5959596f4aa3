/** Opening models by the table of releases: who recognises the files opens them. Nothing is read but headers. */
import { isOnnxDenoiser } from "@foley-control/audio-backbone";
import { BACKBONE_OPENERS, type OpenBackboneOptions } from "@foley-control/audio-backbone/node";
import { bridgeFromSource } from "@foley-control/bridge";
import { type AudioBackbone, type Bridge, FoleyError, type VideoEncoder } from "@foley-control/core";
import { type OpenVideoEncoderOptions, VIDEO_ENCODER_OPENERS } from "@foley-control/video-encoder/node";
import type { FoundFiles, Release } from "@foley-control/weights";
import { openSafetensors } from "@foley-control/weights/node";
import { knownModel, namedModel, RELEASES } from "../registry.js";
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
 * Whether a word or a path means a released text-to-audio model, and not a small one of one's own. Nothing is fetched.
 *
 * @param text - what a person says for a model
 */
export async function isReleasedBackbone(text: string): Promise<boolean> {
  if (isOnnxDenoiser(text)) return false;
  if ((namedModel(text) ?? knownModel(text))?.kind === "audio-backbone") return true;
  const found = await lookAt(text).catch(() => undefined);
  const name = found && (await rowOf(RELEASES["audio-backbone"], found).catch(() => undefined));
  return name !== undefined && name !== "small";
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
  const name = await rowOf(releases, await lookAt(path));
  if (name !== undefined) return name;
  throw new FoleyError("bad-file", `${path} is not ${what} that can be read.`, {
    hint: `Give ${Object.values<Release>(releases)
      .map(({ looks }) => looks)
      .join("; or ")}.`,
  });
}

/** The name of the first row that recognises what was found. */
async function rowOf<Name extends string>(
  releases: Readonly<Record<Name, Release>>,
  found: FoundFiles,
): Promise<Name | undefined> {
  for (const [name, release] of Object.entries(releases) as [Name, Release][]) if (await release.recognises(found)) return name;
  return undefined;
}
