/** Events: found in a picture, given in its place, and refused with a sentence where nobody knows of them. */
import type { EventTrack } from "@foley-control/core";
import { goldenPath } from "@foley-control/golden/node";
import { encodeVideo } from "@foley-control/media/node";
import { untrainedMini } from "@foley-control/mini";
import { nodeRuntime } from "@foley-control/runtime/node";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { createFoley, type GenerateOptions, type NodeTake } from "./node.js";

const clip = goldenPath("clips/h264-aac.mp4");
const mini = untrainedMini({ encoder: { mirroredNegative: false } });
const contacts = mini.encoder.contacts as NonNullable<typeof mini.encoder.contacts>;
const quick = { steps: 2, prompt: "a metal ball", seed: 3 } as const;
const track: EventTrack = [
  { time: 0.25, strength: 1, source: "person" },
  { time: 0.75, strength: 0.4, place: { x: 0.5, y: 0.2 }, kind: "hit", source: "file" },
];

const runtime = nodeRuntime({ device: "cpu", worker: false });
let foley: Awaited<ReturnType<typeof createFoley>>;
/** The same model, for which every peak is a contact. */
let eager: typeof foley;
beforeAll(async () => {
  foley = await createFoley({ ...mini, runtime });
  eager = await createFoley({ ...mini, encoder: { ...mini.encoder, contacts: { ...contacts, threshold: -1e6 } }, runtime });
});
afterAll(async () => {
  await eager.dispose();
  await foley.dispose();
  await runtime.dispose();
});

const make = (more: GenerateOptions<string>): Promise<NodeTake> => foley.generate({ ...quick, ...more });
const distance = (a: NodeTake, b: NodeTake): number =>
  a.audio.data.reduce((most, value, i) => Math.max(most, Math.abs(value - (b.audio.data[i] as number))), 0);

describe("given events", () => {
  it("take the place of the picture, and need none", async () => {
    const take = await make({ duration: 2, events: track });
    expect(take.events).toEqual(track);
    expect(take.diagnostics).toMatchObject({ videoTokens: 64, branches: ["none", "full"], warnings: [] });
    const seen = await make({ video: clip, events: track });
    expect(seen.duration).toBeCloseTo(2, 6);
    expect(distance(take, seen)).toBe(0);
    // In any order; moved, or struck otherwise, they are heard otherwise.
    expect(distance(take, await make({ duration: 2, events: [...track].reverse() }))).toBe(0);
    for (const other of [{ time: 0.5 }, { strength: 0.2 }])
      expect(distance(take, await make({ duration: 2, events: [{ ...track[0], ...other } as EventTrack[0]] }))).toBeGreaterThan(
        1e-4,
      );
    expect(distance(take, await make({ duration: 2 }))).toBeGreaterThan(1e-4);
    // That nothing is to be heard is told as well.
    const silent = await make({ duration: 2, events: [] });
    expect([silent.events, silent.diagnostics.videoTokens]).toEqual([[], 64]);
  });
  it("have the times of the clip where a part of it gets sound, and none is heard outside", async () => {
    const part = await make({ video: clip, start: 0.5, duration: 1, events: track });
    expect(part.events).toEqual([track[1]]);
    expect(part.diagnostics.warnings).toEqual([
      {
        code: "events-outside",
        message: "1 of 2 events lie outside of the stretch that gets sound, and are not heard.",
        values: { count: 1, total: 2 },
      },
    ]);
    const alone = await make({ duration: 1, events: [{ ...track[1], time: 0.25 } as EventTrack[0]] });
    expect(distance(part, alone)).toBe(0);
  });
  it.each([
    [[{ time: -1, strength: 1, source: "file" }], /options\.events\[0\]\.time is -1; 0 or more seconds/],
    [[...track, { time: Number.NaN, strength: 1, source: "file" }], /options\.events\[2\]\.time is NaN/],
    [[{ time: 1, strength: 0, source: "file" }], /options\.events\[0\]\.strength is 0; more than 0 and at most 1/],
    [[undefined], /options\.events\[0\]\.time is undefined/],
    ["events.json", /options\.events is "events\.json"; a list of events/],
  ])("%j are refused", async (events, message) => {
    await expect(make({ duration: 1, events: events as unknown as EventTrack })).rejects.toThrow(message);
  });
  it("are refused by parts that know of none", async () => {
    const { contacts: _, ...blind } = mini.encoder;
    for (const [parts, message] of [
      [
        { ...mini, encoder: blind },
        /options\.events was given, and the video encoder "foley-control\/motion-encoder@1" knows of none\. Take/,
      ],
      [{ backbone: mini.backbone }, /and this model has no video encoder that does/],
    ] as const) {
      await using other = await createFoley({ ...parts, runtime });
      await expect(other.generate({ ...quick, duration: 1, events: track })).rejects.toThrow(message);
      await expect(other.findEvents({ video: clip })).rejects.toThrow(/Events were asked for, and/);
      const take = await other.generate({ ...quick, video: clip });
      expect(take.events).toEqual([]);
    }
  });
});

describe("found events", () => {
  it("are those that a take was made with", async () => {
    const { events, curve, encoder } = await eager.findEvents({ video: clip });
    expect(events.length).toBeGreaterThan(2);
    expect(curve.logits.length).toBe(2 * curve.frameRate);
    expect(encoder).toBe(mini.encoder.id);
    for (const { time, strength, place, source } of events) {
      expect([time >= 0 && time <= 2, strength > 0 && strength <= 1, source]).toEqual([true, true, "encoder"]);
      expect(place).toEqual({ x: expect.any(Number), y: expect.any(Number) });
    }
    const take = await eager.generate({ ...quick, video: clip });
    // At its end a clip is cut off, or held still for as long as is sampled.
    const times = (list: EventTrack) => list.map(({ time }) => time).filter((time) => time < 1.9);
    expect(times(take.events)).toEqual(times(events));
    // Given back as they are, they sound the same but for what the picture says of what lasts.
    expect(times((await eager.generate({ ...quick, video: clip, events })).events)).toEqual(times(take.events));
  });
  it("are more or fewer as one likes, and have the times of the clip", async () => {
    const { curve } = await foley.findEvents({ video: clip });
    const highest = curve.logits.reduce((most, logit) => Math.max(most, logit), -Infinity);
    expect((await foley.findEvents({ video: clip, threshold: highest + 1 })).events).toEqual([]);
    expect((await foley.findEvents({ video: clip, threshold: highest })).events.length).toBeGreaterThan(0);
    const late = await eager.findEvents({ video: clip, start: 1, duration: 0.5 });
    expect(late.curve).toMatchObject({ start: 1, logits: { length: 16 } });
    expect(late.events.every(({ time }) => time >= 1 && time <= 1.55)).toBe(true);
    await expect(foley.findEvents({ video: clip, threshold: Number.NaN })).rejects.toThrow(/options\.threshold is NaN/);
    await expect(foley.findEvents({} as never)).rejects.toThrow(/options\.video is undefined/);
  });
  it("come from clips that are longer than a sound can be, window by window", async () => {
    const [width, height, fps] = [32, 32, 5];
    const frames = Array.from({ length: 15 * fps }, (_, k) => new Uint8Array(3 * width * height).fill((k * 90) % 251));
    const { bytes } = await encodeVideo({ frames, width, height, fps }, undefined);
    const windows: number[] = [];
    const { curve } = await foley.findEvents({
      video: bytes as Uint8Array,
      onProgress: (event) => event.type === "encode-progress" && windows.push(event.done),
    });
    expect(curve.logits.length).toBe(15 * 32);
    expect(windows).toEqual([0, 1, 2, 3, 4, 5]);
    expect([...curve.logits].every(Number.isFinite)).toBe(true);
  });
});
