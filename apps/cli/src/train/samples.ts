/** Sounds made in the middle of a bridge's training: fixed clips go the whole road, from file to sound, with the bridge as it is. */
import { existsSync } from "node:fs";
import { mkdir, readFile } from "node:fs/promises";
import { basename, extname, join } from "node:path";
import { smallBackbone } from "@foley-control/audio-backbone";
import { bridgeFromSource, saveBridge } from "@foley-control/bridge";
import { FoleyError, memoryParameters, type Runtime } from "@foley-control/core";
import { writeFileAtomically } from "@foley-control/files/node";
import { openMedia } from "@foley-control/media/node";
import { createFoley, type FoleyParts } from "@foley-control/pipeline/node";
import { contactsOf, IMPACT_CLASSES, renderScene } from "@foley-control/scenes";
import { writeScene } from "@foley-control/scenes/node";
import { HELD_OUT_SEED, soundOnsets } from "@foley-control/train";
import { CLIP_SECONDS, type MakeBridgeSamples, stageConfig, stageWeights, type TrainingSample } from "@foley-control/train/node";
import { motionEncoder } from "@foley-control/video-encoder";
import { openSafetensors } from "@foley-control/weights/node";
import type { Io } from "../io.js";

/** A clip that gets a sound at every round. */
export interface SampleClip {
  readonly name: string;
  /** The video. */
  readonly path: string;
  readonly prompt: string;
  /** Length of the sound, seconds. Default: the whole clip. */
  readonly duration?: number;
  /** When things happen, seconds. */
  readonly truth?: readonly number[];
}

/** Scenes that make up a round. */
const SCENES = 8;
/** Pixels of their pictures: enough for the small encoder. */
const SCENE_SIZE = 64;
/** Name of the bridge that made the last round, in the folder of the run. */
const SAMPLED_BRIDGE = "bridge-of-samples.safetensors";

/**
 * Makes the samples of a run.
 *
 * @param directory - the folder of the run. The bridge is written there first: weights that lie in files are not held twice
 */
export function pipelineSamples(
  runtime: Runtime,
  parts: Pick<FoleyParts, "backbone" | "encoder" | "beside">,
  directory: string,
  clips: readonly SampleClip[],
): MakeBridgeSamples {
  return async (bridge, { signal }) => {
    const path = join(directory, SAMPLED_BRIDGE);
    await writeFileAtomically(path, saveBridge(bridge), { signal });
    const file = await openSafetensors(path);
    await using foley = await createFoley({ ...parts, bridge: bridgeFromSource(file, file.metadata), runtime });
    const made: TrainingSample[] = [];
    for (const [seed, { name, path: video, prompt, duration, truth }] of clips.entries()) {
      const take = await foley.generate({ video, prompt, seed, duration, signal });
      const { channels, sampleRate } = take.pcm({ sampleRate: "native" });
      made.push({ name, prompt, channels, sampleRate, ...(truth && { truth }) });
    }
    return made;
  };
}

/** The samples of the small model's bridge, from what the stages before wrote into a folder; none, with a note, where one is missing. */
export async function smallModelSamples(runtime: Runtime, directory: string, io: Io): Promise<MakeBridgeSamples | undefined> {
  let weights: Record<"codec" | "denoiser" | "video-encoder", Awaited<ReturnType<typeof stageWeights>>>;
  try {
    weights = {
      codec: await stageWeights(directory, "codec"),
      denoiser: await stageWeights(directory, "denoiser"),
      "video-encoder": await stageWeights(directory, "video-encoder"),
    };
  } catch (error) {
    if (!FoleyError.isInstance(error) || error.code !== "invalid-argument") throw error;
    io.err(`No samples will be made: ${error.message}\n`);
    return undefined;
  }
  const parts = {
    backbone: smallBackbone(
      memoryParameters({ ...weights.codec.tensors, ...weights.denoiser.tensors }),
      await stageConfig(directory),
      {
        trainedSeconds: CLIP_SECONDS,
      },
    ),
    encoder: motionEncoder(weights["video-encoder"].source),
  };
  const run = join(directory, "bridge");
  return pipelineSamples(runtime, parts, run, await sceneClips(join(run, "clips"), io.signal));
}

/** Scenes that nothing is trained on, one after the other of every class that strikes; rendered into a folder once. */
export async function sceneClips(folder: string, signal: AbortSignal): Promise<SampleClip[]> {
  await mkdir(folder, { recursive: true });
  const clips: SampleClip[] = [];
  for (let index = 0; index < SCENES; index++) {
    signal.throwIfAborted();
    const sceneClass = IMPACT_CLASSES[index % IMPACT_CLASSES.length] as (typeof IMPACT_CLASSES)[number];
    const scene = renderScene(HELD_OUT_SEED + index, { classes: [sceneClass], imageSize: SCENE_SIZE, audio: false });
    const path = join(folder, `scene-${scene.seed}.mp4`);
    if (!existsSync(path)) await writeScene(scene, path, { mute: true, signal });
    clips.push({
      name: `${sceneClass} ${index + 1}`,
      path,
      prompt: scene.caption,
      truth: contactsOf(scene).map(({ time }) => time),
    });
  }
  return clips;
}

/** Videos of one's own, each up to `maximum` seconds: what is asked for stands in NAME.txt beside them, and their own sound says when things happen. */
export async function videoClips(paths: readonly string[], maximum: number, signal: AbortSignal): Promise<SampleClip[]> {
  const clips: SampleClip[] = [];
  for (const path of paths) {
    signal.throwIfAborted();
    const text = `${path.slice(0, path.length - extname(path).length)}.txt`;
    const media = await openMedia(path, { signal });
    try {
      const { info } = media;
      const duration = Math.min(maximum, (info.video ?? info).duration);
      const sound = info.audio && (await media.audio({ signal }));
      clips.push({
        name: basename(path),
        path,
        prompt: existsSync(text) ? (await readFile(text, "utf8")).trim() : "",
        duration,
        ...(sound && { truth: soundOnsets(sound.channels, sound.sampleRate).filter((time) => time < duration) }),
      });
    } finally {
      media.dispose();
    }
  }
  return clips;
}
