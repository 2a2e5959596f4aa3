/** `foley events`, and what is made of its files. */
import { mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { EventTrack } from "@foley-control/core";
import { goldenPath } from "@foley-control/golden/node";
import { openMedia, readEvents } from "@foley-control/media/node";
import { parseHTML } from "linkedom";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { ran, writeQuickMini } from "../testing.js";
import { drawEvents, overlaySize } from "./overlay.js";
import { eventsSvg } from "./plot.js";

const clip = goldenPath("clips/h264-aac.mp4");
let folder: string;
let model: string;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "foley-events-"));
  model = join(folder, "model");
  await writeQuickMini(model);
});
afterAll(() => rm(folder, { recursive: true, force: true }));

describe("foley events", () => {
  it("writes what it found, as a table, files to edit, plots and a video", async () => {
    const [json, csv, svg, html, video] = ["json", "csv", "svg", "html", "mp4"].map((ending) =>
      join(folder, `found.${ending}`),
    ) as [string, string, string, string, string];
    const outputs = [json, csv, svg, html, video].flatMap((path) => ["-o", path]);
    // An untrained model is sure of nothing.
    const call = ["events", clip, "--model", model, "--device", "cpu", "--threshold", "-90", "--quiet"];
    const { code, out, err } = await ran([...call, ...outputs]);
    expect([code, err]).toEqual([0, ""]);
    const track = readEvents(await readFile(json, "utf8"), { duration: 2 });
    expect(track.length).toBeGreaterThan(1);
    expect(readEvents(await readFile(csv, "utf8"))).toEqual(track);
    expect(JSON.parse(await readFile(json, "utf8"))).toMatchObject({ version: 1, clip: "h264-aac.mp4" });
    expect(out).toMatch(/seen at \(s\) +strength +place \(x, y\) +kind/);
    expect(out).toContain(`${track.length} events in 2.00 s\n${json}\n`);
    expect((await readFile(svg, "utf8")).match(/<circle/g)).toHaveLength(track.length);
    const { document } = parseHTML(await readFile(html, "utf8"));
    expect(document.querySelectorAll("tbody tr")).toHaveLength(track.length);
    using media = await openMedia(video);
    expect(media.info.video?.duration).toBeCloseTo(2, 1);
    expect(media.info.audio).toBeDefined();
    const result = JSON.parse((await ran([...call, "--json", "--start", "1"])).out) as { start: number; events: EventTrack };
    expect(result.start).toBe(1);
    expect(result.events.every(({ time }) => time >= 1)).toBe(true);
  });
  it("asks for an output that it can write, before it begins", async () => {
    const { code, err } = await ran(["events", clip, "-o", join(folder, "events.txt"), "--model", model]);
    expect([code, err]).toEqual([
      1,
      expect.stringMatching(/ends in "\.txt"; \.json, \.csv, \.svg, \.html or a video's was expected/),
    ]);
    expect((await ran(["events", clip, "-o", clip, "--model", model])).code).toBe(1);
  });
});

describe("generate --events", () => {
  const make = (events: string) => [
    "generate",
    clip,
    "a ball",
    "--events",
    events,
    "--model",
    model,
    "--device",
    "cpu",
    "--steps",
    "1",
  ];
  it("makes heard what stands in the file", async () => {
    const path = join(folder, "edited.csv");
    await writeFile(path, "time,strength,kind\n1.5,0.5,hit\n0.25,1,\n1,1,stroke\n");
    const { code, out } = await ran([...make(path), "--audio", join(folder, "edited.wav"), "--json"]);
    expect(code).toBe(0);
    // What begins slowly in a scene has no moment to meet.
    expect(JSON.parse(out)).toMatchObject({
      events: [
        { time: 0.25, strength: 1, source: "file" },
        { time: 1.5, strength: 0.5, kind: "hit", source: "file" },
      ],
    });
  });
  it.each([
    ["time,strength\n0.5,1\n7,1\n", /Line 3 of ".*bad" has 7 as time; the clip lasts 2 s/],
    ["[500, 900, 1500]", /Event 1 of ".*bad" has 500 as time; the clip lasts 2 s\. This looks like milliseconds/],
    ["time\n-1\n", /Line 2 of ".*bad" has -1 as time/],
  ])("%j is refused with its row", async (text, message) => {
    const path = join(folder, "bad");
    await writeFile(path, text);
    const { code, err } = await ran([...make(path), "--audio", join(folder, "bad.wav")]);
    expect([code, err]).toEqual([1, expect.stringMatching(message)]);
  });
});

describe("sync", () => {
  it("compares with what the model's encoder finds", async () => {
    const { code, out } = await ran(["sync", clip, "--model", model, "--device", "cpu", "--json"]);
    expect(code).toBe(0);
    const found = await ran(["events", clip, "--model", model, "--device", "cpu", "--json", "--quiet"]);
    const { events } = JSON.parse(found.out) as { events: EventTrack };
    const { events: seen, source } = JSON.parse(out) as { events: number[]; source: string };
    expect(source).toBe("picture");
    expect(seen.map((time) => Math.round(time * 1e4) / 1e4)).toEqual(events.map(({ time }) => time));
  });
});

describe("pictures of events", () => {
  const size = [60, 80] as const;
  const grey = new Uint8Array(60 * 80 * 3).fill(100);
  const event = { time: 1, strength: 0.5, place: { x: 0.25, y: 0.5 }, source: "person" } as const;
  const changed = (rgb: Uint8Array) =>
    Array.from({ length: 60 * 80 }, (_, i) => i).filter((i) => [0, 1, 2].some((channel) => rgb[3 * i + channel] !== 100));
  it("are rings around the place, from the moment on, and the picture's frame for none", () => {
    for (const time of [0.99, 1.26]) expect(changed(drawEvents(grey, size, [event], time))).toEqual([]);
    const ring = changed(drawEvents(grey, size, [event], 1.01)).map((i) => [Math.floor(i / 80), i % 80] as const);
    expect(ring.length).toBeGreaterThan(20);
    const mean = (axis: 0 | 1) => ring.reduce((sum, at) => sum + at[axis] + 0.5, 0) / ring.length;
    expect([Math.round(mean(0)), Math.round(mean(1))]).toEqual([30, 20]);
    expect(ring).not.toContainEqual([30, 20]);
    const { place: _, ...nowhere } = event;
    expect(changed(drawEvents(grey, size, [nowhere], 1.01)).slice(0, 80)).toEqual(Array.from({ length: 80 }, (_, i) => i));
    expect(grey.every((value) => value === 100)).toBe(true);
    expect([overlaySize(1920, 1080), overlaySize(33, 35)]).toEqual([
      [640, 360],
      [34, 36],
    ]);
  });
  it("are stems over the curve, whatever is to be told", () => {
    const found = (logits: readonly number[], events: EventTrack) =>
      eventsSvg({ events, curve: { start: 0, frameRate: 32, logits: Float32Array.from(logits) }, threshold: 0, encoder: "toy" });
    const text = found([0, 5, Number.NEGATIVE_INFINITY, 900], [{ time: 0.05, strength: 1, kind: "<b>", source: "person" }]);
    expect(text).toContain("0.050 s, strength 1.00, &lt;b&gt;");
    for (const made of [text, found([], [])]) {
      expect(made).toMatch(/^<svg xmlns[\s\S]*<\/svg>\n$/);
      expect(made).not.toMatch(/NaN|Infinity/);
    }
  });
});
