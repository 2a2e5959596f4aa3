/** What goes wrong in folders of others: each is defined, and the report names the clip. Through a network where it matters. */

import { mkdir, mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { goldenPath } from "@foley-control/golden/node";
import { encodeWav } from "@foley-control/media";
import { nodeRuntime } from "@foley-control/runtime/node";
import { afterAll, afterEach, beforeEach, describe, expect, test } from "vitest";
import type { EvaluationReport } from "../evaluate/report.js";
import { licenceNotice } from "../networks/release.js";
import { strikes } from "../networks/small-networks.test-support.js";
import { vggishNetwork } from "../networks/vggish/network.js";
import { evaluateFolders } from "./evaluate-folders.js";
import { openNetwork } from "./open-network.js";

const RATE = 24000;
const runtime = nodeRuntime({ device: "cpu", threads: 1, worker: false });
afterAll(() => runtime.dispose());
let folder = "";
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), "foley-bad-"));
});
afterEach(() => rm(folder, { recursive: true, force: true }));

type Sounds = Readonly<Record<string, Uint8Array>>;
const metrics = ["fd-vggish", "kad-vggish", "onset-f1-50ms", "envelope-lag", "envelope-correlation", "spectral-distance"];
const preset = { id: "few", about: "A network and none.", seconds: undefined, metrics, strict: false };
const wav = (channels: readonly Float32Array[], sampleRate = RATE) =>
  encodeWav({ sampleRate, channels: channels as Float32Array<ArrayBuffer>[] }, { bits: "32f" });
const [one, two, three] = [strikes([0.3, 1.2]), strikes([0.7]), strikes([0.5, 1.5], { hertz: 1500 })];
const good: Sounds = { "a.wav": wav([one]), "b.wav": wav([two]), "c.wav": wav([three]) };

async function evaluated(truth: Sounds, made: Sounds, strict = false): Promise<EvaluationReport> {
  for (const [side, sounds] of Object.entries({ truth, made })) {
    await mkdir(join(folder, side), { recursive: true });
    for (const [name, bytes] of Object.entries(sounds)) await writeFile(join(folder, side, name), bytes);
  }
  const checkpoint = goldenPath(`metrics/vggish-tiny/${vggishNetwork.releases[0].file}`);
  const named: string[] = [];
  const [report] = await evaluateFolders({
    onNetworks: (needs) => void named.push(...needs.map(({ release }) => licenceNotice(release))),
    reference: join(folder, "truth"),
    generated: { made: join(folder, "made") },
    preset: { ...preset, strict },
    runtime,
    networks: [await openNetwork(vggishNetwork, checkpoint)],
  });
  // Before anything was heard, and once.
  expect(named).toEqual([expect.stringMatching(/^VGGish \(vggish-10086976\.pth\): Apache-2\.0/)]);
  return report as EvaluationReport;
}

const valueOf = ({ results }: EvaluationReport, id: string) => results.find((result) => result.id === id)?.value;
/** Every number is one, or says why it is none. */
function expectDefined({ results }: EvaluationReport): void {
  for (const { id, value, note, perClip, interval } of results) {
    if (value === undefined) expect(note, id).toBeTruthy();
    else expect(Number.isFinite(value), id).toBe(true);
    for (const number of [...Object.values(perClip), ...Object.values(interval ?? {})])
      expect(Number.isFinite(number), id).toBe(true);
  }
}

describe("bad input", () => {
  test("names that do not pair", async () => {
    const report = await evaluated({ ...good, "d.wav": wav([one]) }, { ...good, "D.wav": wav([one]) });
    expect(report).toMatchObject({ pairs: 3, onlyReference: ["d"], onlyGenerated: ["D"], failures: [] });
    expectDefined(report);
    await expect(evaluated({}, {}, true)).rejects.toThrow(/2 clips of made are on one side only: d, D/);
  });

  test("silence, on one side and on both", async () => {
    const silence = wav([new Float32Array(2 * RATE)]);
    const report = await evaluated({ ...good, "d.wav": silence }, { ...good, "c.wav": silence, "d.wav": silence });
    expect(report).toMatchObject({ silent: ["c", "d"], silentReference: ["d"], failures: [] });
    expectDefined(report);
    const onsets = report.results.find(({ id }) => id === "onset-f1-50ms");
    // Nothing where something should be scores 0; nothing on both sides is not scored.
    expect(onsets?.perClip).toEqual({ a: 1, b: 1, c: 0 });
    expect(report.results.find(({ id }) => id === "envelope-correlation")?.perClip).toMatchObject({ c: 0, d: 0 });
  });

  test("nothing but silence", async () => {
    const silence = wav([new Float32Array(2 * RATE)]);
    const all = { "a.wav": silence, "b.wav": silence, "c.wav": silence };
    const report = await evaluated(all, all);
    expect(report.silent).toEqual(["a", "b", "c"]);
    expectDefined(report);
    expect(valueOf(report, "fd-vggish")).toBeCloseTo(0, 9);
    expect(report.results.find(({ id }) => id === "onset-f1-50ms")).toMatchObject({ value: undefined, clips: 0 });
  });

  test("different lengths are scored as they are, and named", async () => {
    const report = await evaluated(good, { ...good, "b.wav": wav([strikes([0.7], { seconds: 3 })]) });
    expect(report).toMatchObject({ pairs: 3, failures: [], unequal: [{ name: "b", reference: 2, generated: 3 }] });
    expect(valueOf(report, "onset-f1-50ms")).toBe(1);
    expectDefined(report);
  });

  test("different rates, and mono, stereo and 5.1, are the same sound", async () => {
    const report = await evaluated(good, {
      "a.wav": wav([strikes([0.3, 1.2], { rate: 48000 })], 48000),
      "b.wav": wav([two, two]),
      "c.wav": wav(Array.from({ length: 6 }, () => three)),
    });
    expect(report).toMatchObject({ pairs: 3, failures: [], unequal: [] });
    expect(valueOf(report, "onset-f1-50ms")).toBe(1);
    expect(valueOf(report, "envelope-lag")).toBeLessThan(0.001);
    expect(valueOf(report, "spectral-distance")).toBeLessThan(3);
    expectDefined(report);
  });

  test("damaged and empty files, and text", async () => {
    const damaged = { "b.wav": (good["b.wav"] as Uint8Array).subarray(0, 30), "c.wav": new Uint8Array(0) };
    const text = { "a.wav": new TextEncoder().encode("no sound at all, but a long enough text".repeat(20)) };
    const half = wav([one]).subarray(0, 4 * RATE + 100);
    const report = await evaluated(
      { ...good, "d.wav": wav([one]), "e.wav": wav([one]) },
      { ...damaged, ...text, "d.wav": wav([one]), "e.wav": half },
    );
    expect(report.failures.map(({ name }) => name)).toEqual(["a", "b", "c"]);
    // A wav that was cut off is a shorter sound.
    expect(report.unequal.map(({ name }) => name)).toEqual(["e"]);
    for (const { reason, features } of report.failures) {
      expect(reason).toMatch(/\.wav"/);
      expect(features).toContain("generated/vggish");
    }
    expect(report.results.find(({ id }) => id === "envelope-lag")).toMatchObject({ value: 0, clips: 2 });
    expectDefined(report);
    await expect(evaluated({}, {}, true)).rejects.toThrow(/^a: /);
  });

  test("samples that are not finite", async () => {
    const broken = one.slice();
    broken[5] = Number.NaN;
    broken[6] = Number.POSITIVE_INFINITY;
    const report = await evaluated(good, { ...good, "a.wav": wav([one]), "b.wav": floatWav(broken) });
    expect(report.failures).toMatchObject([{ name: "b", reason: expect.stringMatching(/Sample 5 of channel 0 is NaN/) }]);
    expectDefined(report);
  });

  test("one clip only: sets have no distance, means no interval, and both say so", async () => {
    const report = await evaluated({ "a.wav": wav([one.subarray(0, RATE)]) }, { "a.wav": wav([one.subarray(0, RATE)]) });
    const [fd, kad, onsets] = report.results;
    expect(fd).toMatchObject({ value: undefined, note: expect.stringMatching(/at least 2 rows; there is 1/) });
    expect(kad).toMatchObject({ value: undefined, note: expect.stringMatching(/expected at least 2/) });
    expect(onsets).toMatchObject({ value: 1, interval: undefined, clips: 1 });
    expectDefined(report);
  });

  test("the same folder on both sides", async () => {
    const report = await evaluated(good, good);
    expect(valueOf(report, "fd-vggish")).toBeCloseTo(0, 6);
    expect(valueOf(report, "onset-f1-50ms")).toBe(1);
    for (const id of ["envelope-lag", "spectral-distance"]) expect(valueOf(report, id)).toBe(0);
    expect(report.results[0]?.note).toMatch(/cannot fill the covariance of 128 numbers.*KAD/);
    expectDefined(report);
  });

  test("a sound too short for a network has its other numbers", async () => {
    const short = wav([strikes([0.2], { seconds: 0.5 })]);
    const report = await evaluated({ ...good, "d.wav": short }, { ...good, "d.wav": short });
    expect(report.failures.map(({ name, features }) => [name, features])).toEqual([
      ["d", ["reference/vggish", "generated/vggish"]],
    ]);
    expect(report.failures[0]?.reason).toMatch(/too short: VGGish needs at least 0.975 s/);
    expect(report.results.find(({ id }) => id === "envelope-lag")?.clips).toBe(4);
  });
});

/** A wav of float samples as they are; the encoder refuses those that are not finite. */
function floatWav(samples: Float32Array): Uint8Array {
  const bytes = new Uint8Array(wav([new Float32Array(samples.length)]));
  const data = bytes.length - 4 * samples.length;
  bytes.set(new Uint8Array(samples.buffer, samples.byteOffset, samples.byteLength), data);
  return bytes;
}
