/**
 * How fast a training reads a prepared dataset of the paper's sizes: 10 s clips, V-JEPA 2 ViT-L tokens by frame, Stable Audio Open latents with
 * deviations. `npm run bench -- prepared-reading [clips] [batch]`
 */
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createRandom, type PlainTensor } from "@foley-control/core";
import { appendLines, sha256, writeJsonFile } from "@foley-control/files/node";
import { PREPARED_FORMAT, type PreparedManifest } from "@foley-control/train";
import { openPreparedDataset } from "@foley-control/train/node";
import { writeSafetensorsFile } from "@foley-control/weights/node";

const [clips = 1024, batch = 384] = process.argv.slice(2).map(Number);
const manifest: PreparedManifest = {
  format: PREPARED_FORMAT,
  seconds: 10,
  video: { id: "vjepa2", digest: "", tokens: 80, tokenWidth: 1024, tokenRate: 8, tokensPerStep: 1 },
  audio: { id: "oobleck", digest: "", channels: 64, frames: 216, latentRate: 44_100 / 2048, sampleRate: 44_100, deviation: true },
  text: { id: "t5", digest: "", length: 64, tokenWidth: 768 },
};
const directory = await mkdtemp(join(tmpdir(), "foley-reading-"));
try {
  await writeJsonFile(join(directory, "dataset.json"), manifest);
  const parts = sha256(JSON.stringify(manifest));
  const { video, audio, text } = manifest;
  const perShard = 256;
  for (let shard = 0; shard * perShard < clips; shard++) {
    const name = `clips-${String(shard).padStart(5, "0")}.safetensors`;
    const n = Math.min(perShard, clips - shard * perShard);
    // 1.0 in float16: what is read does not matter, that it is not the same page does.
    const half = (...shape: number[]): PlainTensor => ({
      dtype: "float16",
      shape,
      data: new Uint16Array(shape.reduce((a, b) => a * b)).fill(0x3c00 + shard),
    });
    await writeSafetensorsFile(
      join(directory, name),
      {
        video: half(n, video.tokens, video.tokenWidth),
        latents: half(n, audio.channels, audio.frames),
        latentsStd: half(n, audio.channels, audio.frames),
        textTokens: half(1, text.length, text.tokenWidth),
        textMask: { dtype: "float32", shape: [1, text.length], data: new Float32Array(text.length) },
      },
      { format: PREPARED_FORMAT, parts },
    );
    await appendLines(
      join(directory, "index.jsonl"),
      Array.from({ length: n }, (_, row) => ({
        key: `${shard}/${row}`,
        outcome: "prepared",
        id: `${shard}/${row}`,
        source: { path: `${shard}/${row}.mp4` },
        start: 0,
        seconds: 10,
        texts: [`class ${shard}`],
        scores: { loudness: -20 },
        place: { shard: name, row },
        textPlaces: [{ shard: name, row: 0 }],
      })).map((row) => JSON.stringify(row)),
    );
  }
  const opened = performance.now();
  const dataset = await openPreparedDataset(directory);
  console.log(`opened ${dataset.clips.length} clips in ${(performance.now() - opened).toFixed(0)} ms`);
  const rate = async (what: string, work: (rows: readonly number[]) => Promise<unknown>): Promise<void> => {
    const times: number[] = [];
    for (let step = 0; step < 6; step++) {
      const random = createRandom(1, "rows", step);
      const rows = Array.from({ length: batch }, () => random.integer(0, dataset.clips.length));
      const begun = performance.now();
      await work(rows);
      times.push(performance.now() - begun);
    }
    const best = Math.min(...times.slice(1));
    console.log(
      `${what.padEnd(34)} ${best.toFixed(0).padStart(5)} ms a batch of ${batch}, ${((1000 * batch) / best).toFixed(0)} clips/s`,
    );
  };
  await rate("video tokens", (rows) => dataset.video(rows));
  await rate("latents, means and deviations", (rows) => dataset.latents(rows));
  await rate("text embeddings", (rows) => dataset.textTokens(rows, () => 0));
  await rate("all", (rows) => Promise.all([dataset.video(rows), dataset.latents(rows), dataset.textTokens(rows, () => 0)]));
  console.log(`peak memory ${(process.resourceUsage().maxRSS / 1024).toFixed(0)} MiB`);
  await dataset.close();
} finally {
  await rm(directory, { recursive: true, force: true });
}
