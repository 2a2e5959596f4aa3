/** A bridge trains on each encoder that can be opened, and on two at once: from pictures to a file that a pipeline takes. */
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { assertFits, bridgeFromSource, initialiseBridge, type TokenMaker } from "@foley-control/bridge";
import type { VideoEncoder } from "@foley-control/core";
import { goldenJson, goldenPath } from "@foley-control/golden/node";
import { nodeRuntime } from "@foley-control/runtime/node";
import { synchformerEncoder } from "@foley-control/video-encoder";
import { VIDEO_ENCODER_OPENERS } from "@foley-control/video-encoder/node";
import { openCheckpoint, openSafetensors } from "@foley-control/weights/node";
import { afterAll, beforeAll, describe, expect, test, vi } from "vitest";
import { readTensors } from "../checkpoint.js";
import { prepareTiny, tinyParts } from "../prepare/prepare.test-support.js";
import { openPreparedDataset } from "../prepare/prepared-dataset.js";
import { backbone, plan } from "./tiny-backbone.test-support.js";
import { trainBridge } from "./train-bridge.js";

vi.setConfig({ testTimeout: 120_000, hookTimeout: 120_000 });
const runtime = nodeRuntime({ device: "cpu", threads: 1, worker: false });
let folder = "";
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "foley-encoders-"));
});
afterAll(async () => {
  await runtime.dispose();
  await rm(folder, { recursive: true, force: true });
});

const pictures = (name: string) => () => VIDEO_ENCODER_OPENERS.pictures(goldenPath(`encoders/${name}`), {});
const synchformer = async () => {
  const { config } = goldenJson<{ readonly config: { readonly sync: { readonly heads: number } } }>(
    "mmaudio/mmaudio-e2e-16k.json",
  );
  const weights = await openCheckpoint(goldenPath("mmaudio/mmaudio-tiny-encoders/synchformer_state_dict.pth"));
  return synchformerEncoder(weights, config.sync);
};

describe.each<readonly [string, readonly (() => Promise<VideoEncoder>)[]]>([
  ["Synchformer, whose segments overlap", [synchformer]],
  ["CLIP", [pictures("clip-tiny")]],
  ["SigLIP 2", [pictures("siglip2-tiny")]],
  ["DINOv2", [pictures("dinov2-tiny")]],
  ["Synchformer and DINOv2 at once", [synchformer, pictures("dinov2-tiny")]],
])("%s", (name, openers) => {
  test("is what a bridge is trained on", async () => {
    const [encoder, ...beside] = (await Promise.all(openers.map((open) => open()))) as [VideoEncoder, ...VideoEncoder[]];
    const features = join(folder, name);
    const directory = join(folder, `${name} bridge`);
    const parts = { ...tinyParts(), encoder, beside };
    await prepareTiny({ scenes: 2 }, features, { parts });
    const dataset = await openPreparedDataset(features);
    const { video } = dataset.manifest;
    await dataset.close();
    expect(video.tokens).toBe((video.encoders ?? [video]).reduce((sum, { tokens }) => sum + tokens, 0));
    expect(video.encoders?.map(({ id }) => id)).toEqual(
      beside.length === 0 ? undefined : [encoder, ...beside].map(({ id }) => id),
    );
    const made = await trainBridge(runtime, { backbone, data: features, directory, plan: { ...plan, steps: 3 } });
    const file = await openSafetensors(made.file);
    const bridge = bridgeFromSource(file, file.metadata);
    assertFits(bridge, backbone, [encoder, ...beside]);
    const others: readonly TokenMaker[] = beside.length > 0 ? [encoder] : [encoder, encoder];
    expect(() => assertFits(bridge, backbone, others as [TokenMaker])).toThrow(/number of video encoders/);
    // All of it has moved, whichever encoder it reads: what it reads, and what it adds.
    const { tensors } = await readTensors(made.file);
    const start = initialiseBridge(made.config, plan.seed ?? 0);
    const still = bridge.parameters.filter(({ name: one }) => {
      const [now, before] = [tensors[one]?.data as Float32Array, start[one]?.data as Float32Array];
      return now.every((value, i) => value === before[i]);
    });
    expect(still.map(({ name: one }) => one).filter((one) => /to_kv|to_out|to_q/.test(one))).toEqual([]);
  });
});
