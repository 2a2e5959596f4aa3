/** A pipeline in a page: the clip stays on the machine, the small model comes from an address of the page's choice. */
import { FoleyError, type ProgressListener, type Runtime } from "@foley-control/core";
import { loadEncoders, type MediaData, openMedia } from "@foley-control/media/web";
import { type LoadMiniOptions, loadMini, type MiniLocation } from "@foley-control/mini";
import { type WebRuntimeOptions, webRuntime } from "@foley-control/runtime/web";
import { type Foley, joinParts } from "../foley.js";
import type { FoleyParts } from "../parts.js";

/** Options of {@link createFoley}. Give all three parts, or `model`. */
export interface WebFoleyOptions extends Partial<FoleyParts>, LoadMiniOptions {
  /** Address of the folder with the small model's files, or address or bytes of each: `miniWeights` of `@foley-control/mini/weights`. */
  readonly model?: MiniLocation | undefined;
  /** Options of the runtime, or a runtime (then the caller disposes it). Default: WebGPU where it computes right, else wasm. */
  readonly runtime?: WebRuntimeOptions | Runtime | undefined;
}

/**
 * Makes a pipeline.
 *
 * @throws FoleyError `invalid-argument` when neither parts nor `model` are given; `bad-file` when the model cannot be downloaded.
 * @example
 * const foley = await createFoley({ model: miniWeights }); // fetches the weights
 * await foley.prepare(); // fetches and starts the rest
 * const take = await foley.generate({ video: file, prompt: "footsteps on gravel" });
 * player.src = URL.createObjectURL(new Blob([await take.toVideo()], { type: "video/mp4" }));
 */
export async function createFoley(options: WebFoleyOptions): Promise<Foley<MediaData>> {
  const parts = await partsOf(options);
  const given = options.runtime !== undefined && "load" in options.runtime ? options.runtime : undefined;
  const asked = options.runtime as WebRuntimeOptions | undefined;
  let onEngine = (_share: number): void => undefined;
  const onProgress: ProgressListener = (event) => {
    asked?.onProgress?.(event);
    if (event.type === "download-progress" && event.total !== undefined) onEngine(event.done / event.total);
  };
  return joinParts(parts, {
    runtime: given ?? webRuntime({ ...asked, onProgress }),
    ownsRuntime: given === undefined,
    onEngine: (listener) => {
      onEngine = listener;
    },
    loadEncoders: async () => void (await Promise.all([loadEncoders(), takes()])),
    open: openMedia,
    take: async (source) => (await takes()).createTake(source),
  });
}

/** What writes a take; a page loads it with the first one, or with `prepare`, after which there need be no network. */
const takes = () => import("../take.js");

async function partsOf({ backbone, encoder, beside, bridge, model, ...loading }: WebFoleyOptions): Promise<FoleyParts> {
  if (backbone !== undefined) return { backbone, encoder, beside, bridge };
  if (model !== undefined) return loadMini(model, loading);
  throw new FoleyError("invalid-argument", "Neither options.model nor options.backbone was given.", {
    hint: "Give the address of the folder with the small model's files.",
  });
}
