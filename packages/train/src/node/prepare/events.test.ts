/** Events in what a bridge is trained on: those that are found in a filmed clip, and those that are true of a scene. */
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { memoryParameters, type ParameterSource } from "@foley-control/core";
import { openMedia } from "@foley-control/media/node";
import { nodeRuntime } from "@foley-control/runtime/node";
import { contactsOf, describeScene } from "@foley-control/scenes";
import {
  EVENT_CHANNELS,
  encodeSegments,
  eventTokens,
  findContacts,
  MOTION_ENCODER,
  motionEncoder,
  segmentPixels,
} from "@foley-control/video-encoder";
import { afterAll, beforeAll, expect, test, vi } from "vitest";
import { initialise } from "../../initialise.js";
import { heardAs } from "../../scene-draws.js";
import { CLIP_SECONDS, prepareTiny, rowsOf, sceneFolder, tinyParts } from "./prepare.test-support.js";
import { openPreparedDataset } from "./prepared-dataset.js";

vi.setConfig({ testTimeout: 180_000, hookTimeout: 180_000 });
let folder = "";
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "foley-prepare-events-"));
});
afterAll(() => rm(folder, { recursive: true, force: true }));

/** For an untrained network every peak is a contact. */
const of = (weights: ParameterSource) =>
  motionEncoder(weights, { ...MOTION_ENCODER, contacts: { threshold: -1e6, spacing: 0.1, lag: 0 } });
const bare = of(memoryParameters({}));
const encoder = of(memoryParameters(initialise(bare.graph({ frames: bare.window }), 1)));
const parts = { ...tinyParts(), encoder };
const contacts = encoder.contacts as NonNullable<typeof encoder.contacts>;

/** The tokens of the first clip, as they were stored. */
async function storedTokens(directory: string): Promise<Float32Array> {
  const dataset = await openPreparedDataset(directory);
  try {
    return await dataset.video([0]);
  } finally {
    await dataset.close();
  }
}
const difference = (a: Float32Array, b: Float32Array): number =>
  a.reduce((most, value, i) => Math.max(most, Math.abs(value - (b[i] as number))), 0);

test("a filmed clip's tokens tell of the contacts that its encoder finds", async () => {
  const [videos, directory] = [join(folder, "videos"), join(folder, "film")];
  await sceneFolder(videos, 1);
  await prepareTiny(videos, directory, { parts });
  const stored = await storedTokens(directory);
  const [row] = await rowsOf(directory);
  using media = await openMedia(join(videos, row?.source.path ?? ""));
  const runtime = nodeRuntime({ device: "cpu", threads: 1, worker: false });
  const network = await runtime.load(encoder.graph({ frames: encoder.window }), encoder.weights);
  const pictures = media.frames({ fps: encoder.frameRate, size: encoder.imageSize, fit: "fill", duration: CLIP_SECONDS });
  const seen = await encodeSegments(network, encoder, segmentPixels(encoder, pictures, encoder.imageSize));
  await runtime.dispose();
  const events = findContacts(seen.contacts as NonNullable<typeof seen.contacts>, contacts);
  expect(events.length).toBeGreaterThan(1);
  const steps = CLIP_SECONDS * encoder.tokenRate;
  const told = eventTokens(events, encoder, steps).data;
  const channels = (data: Float32Array): Float32Array =>
    data.filter((_, i) => i % encoder.tokenWidth >= encoder.tokenWidth - EVENT_CHANNELS);
  expect(stored.length).toBe(steps * encoder.tokenWidth);
  expect(difference(channels(stored), channels(told))).toBeLessThan(2e-3);
});

test("a scene's tell of its true contacts, as hard as they are", async () => {
  const directory = join(folder, "scenes");
  const scenes = { scenes: 1, heldOut: 0, seed: 5, classes: ["strike"] } as const;
  await prepareTiny(scenes, directory, { parts });
  const stored = await storedTokens(directory);
  const [row] = await rowsOf(directory);
  const seed = Number(/\d+$/.exec(row?.source.path ?? "")?.[0]);
  const scene = describeScene(seed, { ...heardAs({ seed }, CLIP_SECONDS, 5), classes: scenes.classes });
  const events = contactsOf(scene).map(({ time, velocity }) => ({ time, strength: velocity, source: "file" as const }));
  expect(events.length).toBeGreaterThan(0);
  const told = eventTokens(events, encoder, CLIP_SECONDS * encoder.tokenRate).data;
  // The first channel says how lively what lasts moves, and is a little noisy on purpose.
  const channels = (data: Float32Array): Float32Array => data.filter((_, i) => i % encoder.tokenWidth !== contacts.level);
  expect(difference(channels(stored), channels(told))).toBeLessThan(2e-3);
});
