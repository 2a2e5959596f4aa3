import { mkdir, mkdtemp, readdir, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { encodeWav } from "@foley-control/media";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { evaluateSystems } from "../evaluate/evaluate.js";
import { evaluationPreset } from "../evaluate/presets.js";
import { markdownTable } from "../evaluate/tables.js";
import { metricOf } from "../metrics/list.js";
import { rowsOf } from "../statistics/rows.js";
import { evaluateFolders } from "./evaluate-folders.js";
import { folderFeatureCache } from "./feature-cache.js";
import { readBenchmark } from "./read-benchmark.js";

let folder = "";
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), "foley-evaluate-"));
});
afterEach(() => rm(folder, { recursive: true, force: true }));

const RATE = 24000;

/** Strikes at the given seconds in a faint noise. */
function strikes(times: readonly number[], { seconds = 2, hertz = 700, rate = RATE, channels = 1 } = {}) {
  let seed = 1;
  const samples = Float32Array.from({ length: seconds * rate }, (_, i) => {
    seed = (Math.imul(seed, 1664525) + 1013904223) | 0;
    let sample = (seed / 2 ** 31) * 1e-4;
    for (const time of times) {
      const t = i / rate - time;
      if (t >= 0) sample += 0.5 * Math.exp(-25 * t) * Math.sin(2 * Math.PI * hertz * t);
    }
    return sample;
  });
  return encodeWav({ sampleRate: rate, channels: Array.from({ length: channels }, () => samples) });
}

async function write(name: string, sounds: Readonly<Record<string, Uint8Array>>): Promise<string> {
  const path = join(folder, name);
  await mkdir(path, { recursive: true });
  for (const [file, bytes] of Object.entries(sounds)) await writeFile(join(path, file), bytes);
  return path;
}

describe("evaluateFolders", () => {
  it("scores systems against the true sounds, names what is alone, and needs no weights", async () => {
    const reference = await write("true", {
      "a.wav": strikes([0.4, 1.1]),
      "b.wav": strikes([0.7]),
      "c.wav": strikes([0.5, 1.5]),
      "alone.wav": strikes([1]),
    });
    const good = await write("good", {
      "a.wav": strikes([0.4, 1.1]),
      // Another rate, two channels, another length.
      "b.wav": strikes([0.71], { rate: 44100, channels: 2, seconds: 3 }),
      "c.wav": strikes([0.5, 1.5]),
      "further.wav": strikes([0.2]),
    });
    const late = await write("late", {
      "a.wav": strikes([0.65, 1.35], { hertz: 3000 }),
      "b.wav": strikes([0.95], { hertz: 3000 }),
      "c.wav": strikes([0.75, 1.75], { hertz: 3000 }),
    });
    const reports = await evaluateFolders({ reference, generated: { good, late } });
    const [first, second] = reports.map((report) => ({
      ...report,
      values: Object.fromEntries(report.results.map(({ id, value }) => [id, value])),
    }));
    expect(first).toMatchObject({ system: "good", pairs: 3, onlyReference: ["alone"], onlyGenerated: ["further"], failures: [] });
    expect(first?.values["onset-f1-50ms"]).toBe(1);
    expect(second?.values["onset-f1-100ms"]).toBe(0);
    expect(second?.values["envelope-lag"]).toBeCloseTo(0.25, 1);
    expect(second?.values["spectral-distance"]).toBeGreaterThan((first?.values["spectral-distance"] ?? 0) + 3);
    const lag = first?.results.find(({ id }) => id === "envelope-lag");
    expect(Object.keys(lag?.perClip ?? {})).toEqual(["a", "b", "c"]);
    expect(lag?.interval?.low).toBeLessThanOrEqual(lag?.value ?? 0);
    expect(markdownTable(reports)).toMatch(/^\| system \| Onset precision ±50 ms ↑ .*\n.*\n\| good \| \*\*1\.000\*\* /);
  });

  it("names silence and damaged files, and is defined for them", async () => {
    const reference = await write("true", { "a.wav": strikes([0.5]), "b.wav": strikes([0.5]), "c.wav": strikes([0.5]) });
    const generated = await write("made", {
      "a.wav": encodeWav({ sampleRate: RATE, channels: [new Float32Array(2 * RATE)] }),
      "b.wav": strikes([0.5]).subarray(0, 30),
      "c.wav": strikes([0.5]),
    });
    const [report] = await evaluateFolders({ reference, generated: { made: generated } });
    expect(report?.silent).toEqual(["a"]);
    expect(report?.failures.map(({ name }) => name)).toEqual(["b"]);
    for (const { value, clips } of report?.results ?? []) {
      expect(clips).toBe(2);
      expect(Number.isFinite(value)).toBe(true);
    }
  });

  it("goes on where it was: features that are kept are not made again, damaged ones are", async () => {
    const reference = await write("true", { "a.wav": strikes([0.5]), "b.wav": strikes([0.8]) });
    const generated = await write("made", { "a.wav": strikes([0.52]), "b.wav": strikes([0.8]) });
    const cache = join(folder, "features");
    const options = { reference, generated: { made: generated }, cache };
    const before = await evaluateFolders(options);
    // b.wav is the same on both sides, and is kept once: its facts, and its onsets and the like.
    const kept = await readdir(cache);
    expect(kept).toHaveLength(6);
    await writeFile(join(cache, kept[0] as string), "damaged");
    const zeros = await readFile(join(cache, kept[1] as string));
    // As a loss of power leaves a file: its length is right, its end is not.
    await writeFile(join(cache, kept[1] as string), zeros.fill(0, zeros.length - 4));
    expect(await evaluateFolders(options)).toEqual(before);
    expect(await readdir(cache)).toEqual(kept);
    // How many clips are under way at a time does not show, nor whether anything is kept.
    for (const jobs of [1, 3]) expect(await evaluateFolders({ ...options, cache: undefined, jobs })).toEqual(before);
    await expect(evaluateFolders({ ...options, jobs: 0 })).rejects.toThrow(/jobs is 0; a whole number from 1/);
  });

  it("is an error where a strict preset finds a clip alone, or a folder has nothing", async () => {
    const reference = await write("true", { "a.wav": strikes([0.5]), "b.wav": strikes([0.5]) });
    const generated = await write("made", { "a.wav": strikes([0.5]) });
    const preset = { id: "own", about: "Onsets only.", seconds: 1, metrics: ["onset-f1-50ms"], strict: true };
    await expect(evaluateFolders({ reference, generated: { made: generated }, preset })).rejects.toThrow(
      /1 clips of made are on one side only: b/,
    );
    await expect(evaluateFolders({ reference, generated: { none: join(folder, "none") } })).rejects.toThrow(/cannot be read/);
    const empty = await write("empty", { "notes.txt": new Uint8Array(3) });
    await expect(evaluateFolders({ reference: empty, generated: { made: generated } })).rejects.toThrow(/has no sounds/);
    await write("made", { "a.flac": new Uint8Array(3) });
    await expect(evaluateFolders({ reference, generated: { made: generated } })).rejects.toThrow(/both named "a"/);
    await expect(evaluateFolders({ reference, generated: {}, preset: "paper" })).rejects.toThrow(/no preset "paper".*scenes/);
  });

  it("hears what is true once for all systems", async () => {
    const reference = await write("true", { "a.wav": strikes([0.5]), "b.wav": strikes([0.8]) });
    const systems = { one: strikes([0.52]), two: strikes([0.6]), three: strikes([0.7]) };
    const generated: Record<string, string> = {};
    for (const [name, sound] of Object.entries(systems)) generated[name] = await write(name, { "a.wav": sound, "b.wav": sound });
    let heard = 0;
    const sound = { channels: [Float32Array.of(1, 0)], sampleRate: 8000 };
    const file = (side: string) => ({
      digest: () => Promise.resolve(side),
      read: () => {
        if (side === "true") heard++;
        return Promise.resolve(sound);
      },
    });
    const hear = { id: "one", makes: ["onsets"], compute: async () => ({ onsets: rowsOf([[0.25]]) }), dispose: async () => {} };
    const clips = ["a", "b"].map((name) => ({
      name,
      reference: file("true"),
      generated: new Map(Object.keys(systems).map((system) => [system, file(system)])),
    }));
    const reports = await evaluateSystems(Object.keys(systems), clips, { metrics: [metricOf("onset-f1-50ms")], hear: [hear] });
    expect(heard).toBe(2);
    expect(reports.map(({ system, pairs }) => [system, pairs])).toEqual([
      ["one", 2],
      ["two", 2],
      ["three", 2],
    ]);
    const table = markdownTable(
      await evaluateFolders({ reference, generated, preset: { ...evaluationPreset("scenes"), metrics: ["envelope-lag"] } }),
    );
    expect(table.split("\n").map((row) => row.split("|")[1]?.trim())).toEqual(["system", "---", "one", "two", "three"]);
  });

  it("scores a benchmark from its list, by the onsets that people marked, and says which networks before it uses them", async () => {
    await write("hits", { "x_denoised.wav": strikes([0.4, 1.1]), "y_denoised.wav": strikes([0.9]) });
    await writeFile(join(folder, "hits", "test.txt"), "x\ny\n");
    await writeFile(join(folder, "hits", "x_times.txt"), "0.4 wood hit static\n1.8 wood hit static\n");
    await writeFile(join(folder, "hits", "y_times.txt"), "0.9 wood hit static\n");
    const generated = await write("made", { "x.wav": strikes([0.4, 1.1]), "y.wav": strikes([0.9]) });
    const { clips, missing } = await readBenchmark("greatest-hits", { folder: join(folder, "hits") });
    expect(missing.map(({ id, what }) => `${id} ${what}`)).toEqual(["x video", "y video"]);
    let asked = 0;
    const [report] = await evaluateFolders({ clips, generated: { made: generated }, onNetworks: () => void asked++ });
    expect(asked).toBe(0);
    // Heard alike, but one stroke was marked elsewhere.
    expect(report?.results.find(({ id }) => id === "onset-f1-50ms")?.perClip).toEqual({ x: 0.5, y: 1 });
    expect(report?.results.find(({ id }) => id === "envelope-lag")?.value).toBe(0);
  });

  it("says which metrics have no number, and why", async () => {
    const reference = await write("true", { "a.wav": strikes([0.5]) });
    const [report] = await evaluateFolders({ reference, generated: { made: reference }, preset: "vggsound" });
    expect(report?.results.every(({ value, note }) => value === undefined && /no clip to look at/.test(note ?? ""))).toBe(true);
  });
});

describe("folderFeatureCache", () => {
  it("keeps rows, none too, apart by what made them", async () => {
    const cache = folderFeatureCache(join(folder, "kept"));
    const rows = { count: 2, width: 2, data: Float32Array.of(1, 2, 3, 4) };
    const none = { count: 0, width: 1, data: new Float32Array(0) };
    await cache.set("one", "digest", { rows, none });
    expect(await cache.get("one", "digest")).toEqual({ rows, none });
    expect(await cache.get("two", "digest")).toBeUndefined();
    expect(await cache.get("one", "other")).toBeUndefined();
  });
});
