/**
 * Scenes as files in Node: mp4 with or without sound, wav, and the truth as JSON.
 * @module
 */
import { mkdir } from "node:fs/promises";
import { extname, join } from "node:path";
import { FoleyError } from "@foley-control/core";
import { writeFileAtomically, writeJsonFile } from "@foley-control/files/node";
import { encodeVideo, encodeWav } from "@foley-control/media/node";
import type { Scene } from "./types.js";

export * from "./index.js";

/** What {@link writeScene} takes. */
export interface WriteSceneOptions {
  /** Leave the sound track out of the video. @defaultValue false */
  readonly mute?: boolean;
  /** File name without extension, when the target is a folder. @defaultValue `scene-<seed>` */
  readonly name?: string;
  /** Stops the writing. */
  readonly signal?: AbortSignal;
}

const VIDEO_EXTENSIONS = new Set([".mp4", ".mov", ".webm", ".mkv"]);

/** The truth of a scene as plain JSON: everything but the media. */
function sceneTruth(scene: Scene): Record<string, unknown> {
  const { audio: _audio, frames: _frames, envelope, ...rest } = scene;
  return envelope ? { ...rest, envelope: { rate: envelope.rate, values: Array.from(envelope.values) } } : rest;
}

/**
 * Write a scene.
 *
 * @param target - A path that ends in `.mp4`, `.mov`, `.webm`, `.mkv` (video), `.wav` (sound, 16 bits) or `.json` (truth);
 *   anything else is a folder, made if missing, that receives video, sound and truth.
 * @returns The paths written.
 * @throws FoleyError `invalid-argument` when the scene was rendered without the wanted media or with an odd image size,
 *   `missing-dependency` when no video encoder is there, `not-writable`.
 */
export async function writeScene(scene: Scene, target: string, options: WriteSceneOptions = {}): Promise<readonly string[]> {
  const extension = extname(target).toLowerCase();
  if (VIDEO_EXTENSIONS.has(extension)) {
    await writeVideo(scene, target, options);
    return [target];
  }
  const { signal } = options;
  if (extension === ".wav" || extension === ".json") {
    if (extension === ".wav") await writeFileAtomically(target, wavOf(scene), { signal });
    else await writeJsonFile(target, sceneTruth(scene), { signal });
    return [target];
  }
  await mkdir(target, { recursive: true });
  const base = join(target, options.name ?? `scene-${scene.seed}`);
  const written: string[] = [];
  if (scene.frames.length > 0) written.push(...(await writeScene(scene, `${base}.mp4`, options)));
  if (scene.audio.length > 0) written.push(...(await writeScene(scene, `${base}.wav`, options)));
  written.push(...(await writeScene(scene, `${base}.json`, options)));
  return written;
}

function wavOf(scene: Scene): Uint8Array {
  if (scene.audio.length === 0)
    throw new FoleyError("invalid-argument", "The scene was rendered without sound.", { hint: "Render it with audio: true." });
  return encodeWav({ channels: [scene.audio], sampleRate: scene.sampleRate });
}

async function writeVideo(scene: Scene, path: string, options: WriteSceneOptions): Promise<void> {
  const { frames, imageSize, frameRate } = scene;
  if (frames.length === 0)
    throw new FoleyError("invalid-argument", "The scene was rendered without pictures.", {
      hint: "Render it with frames: true.",
    });
  const size = imageSize * imageSize * 3;
  const list = Array.from({ length: frames.length / size }, (_, k) => frames.subarray(k * size, (k + 1) * size));
  const sound = options.mute || scene.audio.length === 0 ? undefined : { channels: [scene.audio], sampleRate: scene.sampleRate };
  await encodeVideo({ frames: list, width: imageSize, height: imageSize, fps: frameRate, audio: sound }, path, {
    signal: options.signal,
  });
}
