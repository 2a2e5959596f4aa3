/** What both sides of `npm run bench -- peers FOLDER --only mmaudio` are given: a clip, and for the peer its pictures as they go in, the prompt and the noise. */
import { copyFile, rm } from "node:fs/promises";
import { dirname, join } from "node:path";
import { normalArray, type VideoEncoder } from "@foley-control/core";
import { openMedia } from "@foley-control/media/node";
import { segmentPixels, shownSize } from "@foley-control/video-encoder";
import { writeSafetensorsFile } from "@foley-control/weights/node";
import { openMmaudioFolder, writeClip } from "../shared/mmaudio.js";

/** Length of the clip. */
export const SECONDS = 8;
export const PROMPT = "a steel ball bouncing on wood";
export const SEED = 1;

/** Writes `clip.mp4` and `given.safetensors` into a folder. */
export async function writeGiven(release: string, folder: string, seesClip: boolean): Promise<void> {
  const made = await writeClip(SECONDS);
  const film = join(folder, "clip.mp4");
  await copyFile(made, film);
  await rm(dirname(made), { recursive: true });
  const backbone = await openMmaudioFolder(release, seesClip);
  const frames = backbone.frames(SECONDS);
  const { latentChannels } = backbone.denoiser;
  const noise = normalArray(SEED, ["latents"], latentChannels * frames);
  const turned = noise.map((_, at) => noise[(at % latentChannels) * frames + Math.floor(at / latentChannels)] as number);
  const pictures = await Promise.all(
    backbone.streams.map(async ({ name, encoder }) => [name, await preparedPictures(film, encoder)] as const),
  );
  const floats = (shape: readonly number[], data: Float32Array) => ({ dtype: "float32", shape, data }) as const;
  const tensors = {
    ...Object.fromEntries(pictures),
    noise: floats([1, frames, latentChannels], turned),
    ids: floats([1, backbone.text.length], Float32Array.from(backbone.text.tokenise(PROMPT).ids, Number)),
    clipRows: floats([1], Float32Array.of(8 * SECONDS)),
  };
  await writeSafetensorsFile(join(folder, "given.safetensors"), tensors);
}

/** All pictures of the clip that an encoder sees, [pictures, 3, height, width]. */
async function preparedPictures(path: string, encoder: VideoEncoder) {
  const media = await openMedia(path);
  try {
    const { video } = media.info;
    const size = shownSize(encoder, video ? [video.height, video.width] : encoder.imageSize);
    const taken = media.frames({ fps: encoder.frameRate, size, fit: "fill", takes: encoder.takes, start: 0, duration: SECONDS });
    const parts: Float32Array[] = [];
    for await (const { pixels } of segmentPixels({ ...encoder, window: 1, step: 1 }, taken, size)) parts.push(pixels.data);
    const each = parts[0]?.length ?? 0;
    const data = new Float32Array(parts.length * each);
    for (const [index, part] of parts.entries()) data.set(part, index * each);
    return { dtype: "float32", shape: [parts.length, 3, ...encoder.imageSize], data } as const;
  } finally {
    media.dispose();
  }
}
