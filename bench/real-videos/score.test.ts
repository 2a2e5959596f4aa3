/** The score of filmed clips against sounds whose score is known, and a folder's index. */
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createRandom } from "@foley-control/core";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { counts, otherClip, readClips } from "./clips.js";
import { type HeardClip, metronomeF1, onsetsPerContact, ownF1, shiftedF1 } from "./score.js";

const random = createRandom(3, "score.test");
const timesOf = (count: number, seconds: number) =>
  Array.from({ length: count }, () => seconds * random.uniform()).sort((a, b) => a - b);

describe("the score", () => {
  const clips: readonly HeardClip[] = Array.from({ length: 12 }, () => {
    const contacts = timesOf(8, 6);
    return { contacts, seconds: 6, sounds: [contacts, contacts.map((time) => time + 0.07)] };
  });
  it("is 1 for what keeps time, and what chance reaches for the same onsets elsewhere", () => {
    expect(ownF1(clips, 0.1)).toEqual({ value: 1, low: 1, high: 1 });
    // One of two sounds is 70 ms late.
    expect(ownF1(clips, 0.05).value).toBeGreaterThan(0.5);
    expect(ownF1(clips, 0.05).value).toBeLessThan(0.65);
    const chance = ownF1(
      Array.from({ length: 300 }, () => ({ contacts: timesOf(8, 6), seconds: 6, sounds: [timesOf(8, 6)] })),
      0.1,
    );
    expect(shiftedF1(clips, 0.1).value).toBeCloseTo(chance.value, 1);
    expect(metronomeF1(clips, 0.1).value).toBeCloseTo(chance.value, 1);
    expect(onsetsPerContact(clips).value).toBe(1);
  });
  it("sums over clips, whatever the number of sounds of each", () => {
    const one = { contacts: [1, 2, 3, 4], seconds: 5, sounds: [[1, 2, 3, 4], [1], [1]] };
    const other = { contacts: [1], seconds: 5, sounds: [[4, 4.5]] };
    // Pairs 2 of 2 onsets and 4 contacts, and 0 of 2 and 1.
    expect(ownF1([one, other], 0.1).value).toBeCloseTo((2 * 2) / (4 + 5), 12);
    expect(onsetsPerContact([one, other]).value).toBeCloseTo(4 / 5, 12);
    const { low, high } = ownF1([one, other], 0.1);
    expect([low, high]).toEqual([0, (2 * 2) / (2 + 4)]);
  });
});

describe("a folder", () => {
  let folder = "";
  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), "foley-real-videos-"));
  });
  afterAll(() => rm(folder, { recursive: true, force: true }));
  const clip = (file: string, kind: string, seconds: number) => ({ file, kind, prompt: "", contacts: [0.5], seconds });
  const write = (entries: unknown) => writeFile(join(folder, "index.json"), JSON.stringify(entries));
  it("is read, and what lacks something is named", async () => {
    await expect(readClips(join(folder, "none"))).rejects.toThrow(/index\.json/);
    await write([clip("a.mp4", "drum", 9), { ...clip("b.mp4", "gun", 2), contacts: ["0.5"] }]);
    await expect(readClips(folder)).rejects.toThrow(/Clip 1 of .* lacks file, kind, prompt, contacts or seconds/);
    await write([clip("a.mp4", "drum", 9)]);
    expect(await readClips(folder)).toMatchObject([{ seconds: 8, path: join(folder, "a.mp4") }]);
  });
  it("gives another clip of another kind that lasts as long and counts", async () => {
    await write([clip("a", "drum", 4), clip("b", "drum", 5), clip("c", "gun", 6), clip("d", "ball", 3), clip("e", "ball", 4)]);
    const clips = await readClips(folder);
    expect(clips.filter((one) => !counts(one)).map(({ file }) => file)).toEqual(["c"]);
    expect(clips.map((one) => otherClip(one, clips)?.file)).toEqual(["e", "e", "b", "a", "a"]);
    expect(otherClip(clips[0] as never, clips.slice(0, 1))).toBeUndefined();
  });
});
