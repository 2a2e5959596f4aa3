/** A denoiser from an ONNX file on disk and the description beside it. */
import { readFile } from "node:fs/promises";
import { dirname, join } from "node:path";
import type { AudioBackbone } from "@foley-control/core";
import { notReadable, readJsonFile } from "@foley-control/files/node";
import { onnxBackbone } from "./onnx-backbone.js";

/** Where the description of a denoiser lies: `denoiser.json` beside `denoiser.onnx`. */
const descriptionFile = (path: string): string => path.replace(/\.onnx$/i, ".json");

/** Options of {@link openOnnxBackbone}. */
export interface OnnxBackboneOptions {
  /** The backbone whose text encoder, conditioning and codec the denoiser was trained with. */
  readonly base: AudioBackbone;
  /** Sites in place of those of the description. */
  readonly sites?: readonly string[] | undefined;
}

/**
 * Opens `NAME.onnx` by what `NAME.json` says of it (`OnnxDenoiserDescription`). Weights in a second file stay there.
 *
 * @throws FoleyError `bad-file` when one of them is missing or damaged; otherwise as `onnxBackbone`
 */
export async function openOnnxBackbone(path: string, { base, sites }: OnnxBackboneOptions): Promise<AudioBackbone> {
  const described = (await readJsonFile(descriptionFile(path), {
    hint: 'Write what the file does not say itself: { "id": …, "prediction": "v" or "flow", "sites": […], "heads": … }.',
  })) as Readonly<Record<string, unknown>>;
  const file = await readFile(path).catch((cause: unknown) => {
    throw notReadable(`"${path}"`, cause, "Give the network as torch.onnx.export or a converter wrote it.");
  });
  const folder = dirname(path);
  return onnxBackbone(file, sites ? { ...described, sites } : described, base, (location) => join(folder, location));
}
