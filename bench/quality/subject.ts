/** The model that is measured: what it makes of a trial, on the whole road from a video file to sound. */
import { createHash } from "node:crypto";
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { PlainTensor } from "@foley-control/core";
import { loadMini, MINI_FILES, miniDirectory } from "@foley-control/mini/node";
import { createFoley } from "@foley-control/pipeline/node";
import { nodeRuntime } from "@foley-control/runtime/node";
import { DEFAULT_SECONDS, renderScene } from "@foley-control/scenes";
import { writeScene } from "@foley-control/scenes/node";
import type { Trial } from "./trials.js";

/** Sampling that differs from the model's defaults. */
export interface Sampling {
  readonly guidanceScale?: number;
  readonly videoGuidanceScale?: number;
  readonly steps?: number;
}

/** A model at work. */
export interface Subject {
  /** SHA-256 of all its files, hexadecimal. */
  readonly digest: string;
  /** SHA-256 of the file with the codec, hexadecimal. */
  readonly codecDigest: string;
  readonly sampleRate: number;
  /** What the model makes of a trial that is not `rendered`. */
  generate(trial: Trial): Promise<Float32Array>;
  /** A sound as the codec rebuilds it. */
  rebuild(audio: Float32Array): Promise<Float32Array>;
  dispose(): Promise<void>;
}

const RENDERING = { imageSize: 128, frameRate: 30, audio: false } as const;

/** Opens the model of a folder, or the one that ships. */
export async function openSubject(directory: string | undefined, sampling: Sampling, threads?: number): Promise<Subject> {
  const runtime = nodeRuntime({ device: "cpu", ...(threads !== undefined && { threads }) });
  const mini = await loadMini({ directory });
  const foley = await createFoley({ ...mini, runtime });
  const folder = mkdtempSync(join(tmpdir(), "foley-quality-"));
  const { codec } = mini.backbone;
  const clipSamples = Math.round(DEFAULT_SECONDS * codec.sampleRate);
  const frames = Math.ceil(clipSamples / codec.hop);
  const encode = await runtime.load(codec.encodeGraph({ frames }), codec.weights);
  const decode = await runtime.load(codec.decodeGraph({ frames }), codec.weights);
  const files = Object.values(MINI_FILES).map((file) => readFileSync(join(directory ?? miniDirectory(), file)));
  const digest = createHash("sha256");
  for (const file of files) digest.update(file);
  let written: { readonly seed: number; readonly path: string } | undefined;

  async function videoOf({ seed, classes }: NonNullable<Trial["picture"]>): Promise<string> {
    if (written?.seed === seed) return written.path;
    const path = join(folder, `${seed % 2}.mp4`);
    await writeScene(renderScene(seed, { ...RENDERING, classes }), path, { mute: true });
    written = { seed, path };
    return path;
  }

  async function rebuild(audio: Float32Array): Promise<Float32Array> {
    const samples = frames * codec.hop;
    const padded = new Float32Array(samples);
    padded.set(audio.subarray(0, samples));
    const { latents } = await encode.run({ audio: { dtype: "float32", shape: [1, 1, samples], data: padded } });
    const { audio: rebuilt } = await decode.run({ latents: latents as PlainTensor });
    return (rebuilt as PlainTensor<"float32">).data.slice(0, clipSamples);
  }

  return {
    digest: digest.digest("hex"),
    codecDigest: mini.card.digests.backbone,
    sampleRate: codec.sampleRate,
    rebuild,
    async generate({ picture, prompt, index }) {
      const take = await foley.generate({
        ...(picture ? { video: await videoOf(picture) } : { duration: DEFAULT_SECONDS }),
        ...sampling,
        prompt,
        seed: index,
      });
      return take.audio.data.subarray(0, clipSamples);
    },
    async dispose() {
      await encode.dispose();
      await decode.dispose();
      await foley.dispose();
      await runtime.dispose();
      rmSync(folder, { recursive: true, force: true });
    },
  };
}
