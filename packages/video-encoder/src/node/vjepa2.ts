/** V-JEPA 2 and 2.1 from files as they were downloaded. */
import { existsSync } from "node:fs";
import { stat } from "node:fs/promises";
import { join, resolve } from "node:path";
import { FoleyError, type ParameterSource, type VideoEncoder } from "@foley-control/core";
import { notReadable, readJsonFile } from "@foley-control/files/node";
import { openCheckpoint, openPytorch } from "@foley-control/weights/node";
import { type Vjepa2Use, vjepa2Encoder } from "../vjepa2/encoder.js";
import { inferVjepa2Config } from "../vjepa2/infer.js";
import { checkAgainstConfig, parseVjepa2Release } from "../vjepa2/release-config.js";

/** Networks of one of Meta's checkpoints, the one to take first: the running means of the trained weights are what Meta evaluates. */
export const VJEPA2_NETWORKS = ["ema_encoder", "target_encoder", "encoder"] as const;

/** Options of {@link vjepa2}. */
export interface Vjepa2Options extends Vjepa2Use {
  /** Which network of a `.pt` file. Default: the first of {@link VJEPA2_NETWORKS} that is there. */
  readonly network?: (typeof VJEPA2_NETWORKS)[number] | undefined;
  /** Heads of each block, for networks of another width than the released ones. Default: what the release says. */
  readonly heads?: number | undefined;
}

/**
 * V-JEPA 2 or 2.1 from a download, read in place: a folder of Hugging Face (`config.json`, `video_preprocessor_config.json`,
 * `model.safetensors` or its parts), a checkpoint of Meta (`.pt`), or a single `.safetensors` file under either's names. Files of Meta do
 * not say how large their pictures were: V-JEPA 2 is taken to have 256 pixels, 2.1 to have 384.
 *
 * @param path - the folder or file
 * @throws FoleyError `bad-file` for a path that is neither, or files that are damaged; `bad-weights` when tensors are missing, unknown or
 * of another shape; `unsupported` for another kind of network; `invalid-argument` for options that do not fit
 * @example
 * ```ts
 * const encoder = await vjepa2("./vjepa2-vitl-fpc64-256");
 * const giant = await vjepa2("./vitg-384.pt", { imageSize: 384 });
 * ```
 */
export async function vjepa2(path: string, options: Vjepa2Options = {}): Promise<VideoEncoder> {
  const absolute = resolve(path);
  const found = await stat(absolute).catch((cause: unknown) => {
    throw notReadable(`"${absolute}"`, cause, "Give the folder of a Hugging Face release, or a .pt or .safetensors file.");
  });
  if (found.isDirectory()) return fromFolder(absolute, options);
  return absolute.endsWith(".safetensors")
    ? fromTensors(await openCheckpoint(absolute, { strip: WRAPPERS }), options)
    : fromCheckpoint(absolute, options);
}

/** What names of the encoder's tensors begin with: in classifiers, and as Meta's trainer wraps it. */
const WRAPPERS = ["vjepa2.", "module.", "backbone."];

const fromTensors = (weights: ParameterSource, options: Vjepa2Options): VideoEncoder =>
  vjepa2Encoder({ ...options, config: inferVjepa2Config(weights, options), weights });

/** What to do about a damaged file of a release. */
const AGAIN = "Download the file again.";

async function fromFolder(folder: string, options: Vjepa2Options): Promise<VideoEncoder> {
  const [described, pictures] = [join(folder, "config.json"), join(folder, "video_preprocessor_config.json")];
  if (!existsSync(described)) {
    throw new FoleyError(
      "bad-file",
      `The folder ${folder} has no config.json. A release has config.json, video_preprocessor_config.json and model.safetensors (or its parts and model.safetensors.index.json).`,
      { hint: "Download a whole release, for example facebook/vjepa2-vitl-fpc64-256, or give Meta's .pt file." },
    );
  }
  const json = await readJsonFile(described, { hint: AGAIN });
  const { heads, imageSize, normalisation } = parseVjepa2Release(
    json,
    existsSync(pictures) ? await readJsonFile(pictures, { hint: AGAIN }) : undefined,
  );
  const whole = join(folder, "model.safetensors");
  const parts = `${whole}.index.json`;
  const weights = await openCheckpoint(existsSync(parts) ? parts : whole, { strip: WRAPPERS });
  const config = inferVjepa2Config(weights, { heads: options.heads ?? heads });
  checkAgainstConfig(config, json);
  return vjepa2Encoder({ ...options, imageSize: options.imageSize ?? imageSize, config, weights, normalisation });
}

async function fromCheckpoint(path: string, options: Vjepa2Options): Promise<VideoEncoder> {
  const checkpoint = await openPytorch(path);
  const held = checkpoint.groups().map((group) => group.path.join("/"));
  const network = options.network ?? VJEPA2_NETWORKS.find((name) => held.includes(name));
  if (network === undefined || !held.includes(network)) {
    throw new FoleyError(
      "bad-weights",
      `${path} has no ${network ?? VJEPA2_NETWORKS.join(", no ")}; it has tensors at ${held.map((name) => JSON.stringify(name)).join(", ") || "no place"}.`,
      { hint: "Give a V-JEPA 2 checkpoint of Meta, or another network of this one." },
    );
  }
  const weights = await checkpoint.tensors({ at: network, strip: WRAPPERS });
  const encoder = fromTensors(weights, options);
  // The network that was trained gives other tokens than its running mean.
  return options.id === undefined && network === "encoder" ? { ...encoder, id: `${encoder.id}/encoder` } : encoder;
}
