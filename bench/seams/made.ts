/** Sounds that were made, kept in a folder: a measurement that is stopped goes on where it was, and one that changes makes nothing again. */
import { existsSync } from "node:fs";
import { mkdir, readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import type { createFoley } from "@foley-control/pipeline/node";
import type { Asked } from "./kinds.js";

/** A sound and where its windows meet. */
export interface Made {
  readonly samples: Float32Array;
  readonly sampleRate: number;
  /** Where the sound of one goes over into that of the next, seconds. */
  readonly joints: readonly number[];
  /** From where on the next one decides what sounds, seconds. */
  readonly borders: readonly number[];
}

/** Makes what is asked for, or finds it in the folder. */
export async function madeOf(
  foley: Awaited<ReturnType<typeof createFoley>>,
  asked: Asked,
  { name, folder }: { readonly name: string; readonly folder: string | undefined },
): Promise<Made> {
  const [sound, about] = [join(folder ?? "", `${name}.f32`), join(folder ?? "", `${name}.json`)];
  if (folder !== undefined && existsSync(about)) {
    const { buffer, byteOffset, byteLength } = await readFile(sound);
    const samples = new Float32Array(buffer.slice(byteOffset, byteOffset + byteLength));
    return { samples, ...(JSON.parse(await readFile(about, "utf8")) as Omit<Made, "samples">) };
  }
  const borders: number[] = [];
  const take = await foley.generate({
    ...asked,
    onProgress: (event) => event.type === "window-start" && event.index > 0 && borders.push(event.seconds),
  });
  const { channels, sampleRate } = take.pcm({ sampleRate: "native" });
  const [samples, { joints }] = [channels[0] as Float32Array, take.diagnostics];
  if (folder !== undefined) {
    await mkdir(folder, { recursive: true });
    await writeFile(sound, new Uint8Array(samples.buffer, samples.byteOffset, samples.byteLength));
    await writeFile(about, JSON.stringify({ sampleRate, joints, borders, ...asked }));
  }
  return { samples, sampleRate, joints, borders };
}
