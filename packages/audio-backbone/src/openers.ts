/** Backbones from paths, by how they were released. */
import { existsSync } from "node:fs";
import { join } from "node:path";
import { type AudioBackbone, FoleyError, type VideoEncoder } from "@foley-control/core";
import { metadataJson } from "@foley-control/weights";
import { openSafetensors } from "@foley-control/weights/node";
import { openMmaudio } from "./mmaudio/release-folder.js";
import { openOnnxBackbone } from "./onnx/onnx-file.js";
import type { BACKBONE_RELEASES } from "./releases.js";
import { SMALL_BACKBONE_FILE, smallBackboneFromSource, trainedSecondsCheck } from "./small-release.js";
import { stableAudioOpen } from "./stable-audio/release-folder.js";
import { stableAudio3 } from "./stable-audio-3/release-folder.js";
import { openTangoflux } from "./tangoflux/release-folder.js";

/** What a backbone may need besides its own files. */
export interface OpenBackboneOptions {
  /** Folder of the text encoder, for releases that have none in them. Default: looked for in the folder and beside it. */
  readonly textEncoder?: string | undefined;
  /** Other folders in which parts of it lie, as the cache of a hub has them. */
  readonly folders?: readonly string[] | undefined;
  /** Sites of a denoiser of one's own, in place of those of its description. */
  readonly sites?: readonly string[] | undefined;
  /** Makes the backbone that lends a denoiser of one's own its text encoder, conditioning and codec. */
  readonly base?: (() => Promise<AudioBackbone>) | undefined;
  /** Opens what a backbone sees with itself, such as MMAudio's CLIP, with so many pixels each way, and Synchformer. */
  readonly videoEncoder?:
    | ((path: string, options: { readonly imageSize?: number | undefined }) => Promise<VideoEncoder>)
    | undefined;
  /** Whether MMAudio is shown CLIP's pictures. Default true. */
  readonly clip?: boolean | undefined;
}

/** For each row of `BACKBONE_RELEASES`, what opens a path that it recognises. */
export const BACKBONE_OPENERS: Readonly<
  Record<keyof typeof BACKBONE_RELEASES, (path: string, options: OpenBackboneOptions) => Promise<AudioBackbone>>
> = {
  stableAudio3: (path, { textEncoder }) => stableAudio3(path, { t5gemma: textEncoder }),
  stableAudioOpen: (path, { textEncoder }) => stableAudioOpen(path, { t5: textEncoder }),
  mmaudio: async (path, { textEncoder, videoEncoder, clip, folders }) => {
    if (videoEncoder === undefined)
      throw new FoleyError("invalid-argument", `${path} is an MMAudio, and options.videoEncoder was not given.`, {
        hint: "Give what opens a CLIP and a Synchformer, as openBackbone of @foley-control/models/node does.",
      });
    return openMmaudio(path, { videoEncoder, clip: textEncoder, seesClip: clip, folders });
  },
  tangoflux: (path, { textEncoder }) => openTangoflux(path, { t5: textEncoder }),
  small: async (path) => {
    const file = await openSafetensors(join(path, SMALL_BACKBONE_FILE));
    return smallBackboneFromSource(file, file.metadata, { trainedSeconds: await trainedSeconds(path) });
  },
  onnx: async (path, { base, sites }) => {
    if (base === undefined)
      throw new FoleyError("invalid-argument", `${path} is a denoiser alone, and options.base was not given.`, {
        hint: "Give the backbone whose text encoder, conditioning and codec it was trained with.",
      });
    return openOnnxBackbone(path, { base: await base(), sites });
  },
};

/** How long the clips were that a small model was trained on; that stands in the file of its bridge, where one lies beside it. */
async function trainedSeconds(folder: string): Promise<number | undefined> {
  const [file, key] = ["bridge.safetensors", "trainedSeconds"];
  const { metadata } = existsSync(join(folder, file)) ? await openSafetensors(join(folder, file)) : { metadata: {} };
  return Object.hasOwn(metadata, key) ? metadataJson<number>(metadata, key, { file, check: trainedSecondsCheck }) : undefined;
}
