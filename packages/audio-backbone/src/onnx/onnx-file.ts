/** A denoiser from an ONNX file on disk and the description beside it. */
import { readFile } from "node:fs/promises";
import { dirname, join } from "node:path";
import { type AudioBackbone, FoleyError } from "@foley-control/core";
import { onnxBackbone } from "./onnx-backbone.js";

/** Where the description of a denoiser lies: `denoiser.json` beside `denoiser.onnx`. */
export const descriptionFile = (path: string): string => path.replace(/\.onnx$/i, ".json");

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
  const described = await readDescription(descriptionFile(path));
  const file = await read(path, "Give the network as torch.onnx.export or a converter wrote it.");
  const folder = dirname(path);
  return onnxBackbone(file, sites ? { ...described, sites } : described, base, (location) => join(folder, location));
}

async function readDescription(path: string): Promise<Readonly<Record<string, unknown>>> {
  const hint = 'Write what the file does not say itself: { "id": …, "prediction": "v" or "flow", "sites": […], "heads": … }.';
  const text = new TextDecoder().decode(await read(path, hint));
  try {
    return JSON.parse(text) as Readonly<Record<string, unknown>>;
  } catch (cause) {
    throw new FoleyError("bad-file", `${path} is no JSON.`, { hint, cause });
  }
}

const read = (path: string, hint: string): Promise<Uint8Array> =>
  readFile(path).catch((cause: NodeJS.ErrnoException) => {
    throw new FoleyError(
      "bad-file",
      `${path} ${cause.code === "ENOENT" ? "does not exist" : `cannot be read (${cause.code})`}.`,
      {
        hint,
        cause,
      },
    );
  });
