/** Folders as the benchmarks are published, with their lists; names after their documentation. */
import { mkdir, mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { FoleyError } from "@foley-control/core";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { benchmarkLayouts } from "../evaluate/benchmark.js";
import { readBenchmark } from "./read-benchmark.js";

let folder = "";
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), "foley-benchmark-"));
});
afterEach(() => rm(folder, { recursive: true, force: true }));

async function files(contents: Readonly<Record<string, string>>): Promise<void> {
  for (const [name, text] of Object.entries(contents)) {
    await mkdir(dirname(join(folder, name)), { recursive: true });
    await writeFile(join(folder, name), text);
  }
}
const at = (name: string) => join(folder, name);

describe("readBenchmark", () => {
  test("moviegen: 527 prompts, videos below a folder, no true sound", async () => {
    const lines = Array.from({ length: 527 }, (_, i) => ({ id: i + 1, video_prompt: "v", audio_prompt: `sound ${i + 1}` }));
    const videos = lines.slice(0, 525).map(({ id }) => [`MovieGenAudioBenchSfx/video_with_audio/${id}.mp4`, ""]);
    await files({
      "MovieGenAudioBenchSfx.jsonl": lines.map((line) => JSON.stringify(line)).join("\n"),
      ...(Object.fromEntries(videos) as Record<string, string>),
      "MovieGenAudioBenchSfx/video_without_audio/1.mp4": "",
    });
    const { clips, missing, published } = await readBenchmark("moviegen", { folder });
    expect(published).toBe(527);
    expect(clips).toHaveLength(527);
    expect(clips[0]).toEqual({
      id: "1",
      video: at("MovieGenAudioBenchSfx/video_with_audio/1.mp4"),
      audio: undefined,
      caption: "sound 1",
      onsets: undefined,
      start: 0,
      seconds: undefined,
    });
    expect(missing).toEqual([
      { id: "526", what: "video", names: ["526"] },
      { id: "527", what: "video", names: ["527"] },
    ]);
  });

  test("vggsound: the test split of the whole list; a cut clip, a whole video, a sound beside, nothing", async () => {
    await files({
      "lists/all.csv": `aaaaaaaaaaa,3,"dogs, barking",test\nbbbbbbbbbbb,100,cat,test\nccccccccccc,0,drum,test\nddddddddddd,5,x,train\neeeeeeeeeee,7,y,test\n`,
      "video/aaaaaaaaaaa_000003.mp4": "",
      "video/bbbbbbbbbbb.mp4": "",
      "video/ccccccccccc_000000.mp4": "",
      "audio/ccccccccccc_000000.wav": "",
    });
    const { clips, missing } = await readBenchmark("vggsound", { folder, list: at("lists/all.csv") });
    expect(clips).toMatchObject([
      {
        id: "aaaaaaaaaaa_000003",
        video: at("video/aaaaaaaaaaa_000003.mp4"),
        audio: at("video/aaaaaaaaaaa_000003.mp4"),
        caption: "dogs, barking",
        start: 0,
        seconds: 10,
      },
      { id: "bbbbbbbbbbb_000100", video: at("video/bbbbbbbbbbb.mp4"), start: 100 },
      { id: "ccccccccccc_000000", audio: at("audio/ccccccccccc_000000.wav") },
      { id: "eeeeeeeeeee_000007", caption: "y" },
    ]);
    expect(missing).toEqual([
      { id: "eeeeeeeeeee_000007", what: "video", names: ["eeeeeeeeeee_000007", "eeeeeeeeeee"] },
      { id: "eeeeeeeeeee_000007", what: "audio", names: ["eeeeeeeeeee_000007", "eeeeeeeeeee"] },
    ]);
  });

  test("kinetics-700: the validation split, videos in folders by label", async () => {
    await files({
      "val.csv":
        "label,youtube_id,time_start,time_end,split\nplaying drums,aaaaaaaaaaa,20,30,validate\nx,bbbbbbbbbbb,0,10,train\n",
      "playing drums/aaaaaaaaaaa_000020_000030.mp4": "",
    });
    expect(await readBenchmark("kinetics-700", { folder })).toMatchObject({
      clips: [
        { id: "aaaaaaaaaaa_000020_000030", video: at("playing drums/aaaaaaaaaaa_000020_000030.mp4"), caption: "playing drums" },
      ],
      missing: [],
    });
  });

  test("audiocaps: a clip per caption, sounds without pictures", async () => {
    await files({
      "test.csv":
        "audiocap_id,youtube_id,start_time,caption\n11,aaaaaaaaaaa,30,Wind\n12,aaaaaaaaaaa,30,A storm\n13,bbbbbbbbbbb,0,Rain\n",
      "Yaaaaaaaaaaa.wav": "",
    });
    const { clips, missing } = await readBenchmark("audiocaps", { folder });
    expect(clips).toMatchObject([
      { id: "11", audio: at("Yaaaaaaaaaaa.wav"), caption: "Wind", start: 0, seconds: 10 },
      { id: "12", audio: at("Yaaaaaaaaaaa.wav"), caption: "A storm" },
      { id: "13", caption: "Rain" },
    ]);
    expect(missing.map(({ id, what }) => [id, what])).toEqual([["13", "audio"]]);
  });

  test("greatest hits: names with the times beside the videos", async () => {
    await files({
      "test.txt": "2015-02-16-16-49-06\n2015-02-21-18-11-02_denoised.mp4\n",
      "vis-data/2015-02-16-16-49-06_denoised.mp4": "",
      "vis-data/2015-02-16-16-49-06_mic.wav": "",
      "vis-data/2015-02-16-16-49-06_denoised.wav": "",
      "vis-data/2015-02-16-16-49-06_times.txt": "1.25 wood hit static\n2.5 None scratch None\n\n",
    });
    const { clips, missing } = await readBenchmark("greatest-hits", { folder });
    expect(clips).toMatchObject([
      {
        id: "2015-02-16-16-49-06",
        video: at("vis-data/2015-02-16-16-49-06_denoised.mp4"),
        audio: at("vis-data/2015-02-16-16-49-06_denoised.wav"),
        onsets: [1.25, 2.5],
      },
      { id: "2015-02-21-18-11-02" },
    ]);
    expect(missing.map(({ id, what }) => `${id} ${what}`)).toEqual([
      "2015-02-21-18-11-02 video",
      "2015-02-21-18-11-02 audio",
      "2015-02-21-18-11-02 onsets",
    ]);
    await files({ "vis-data/2015-02-16-16-49-06_times.txt": "soon wood hit static\n" });
    await expect(readBenchmark("greatest-hits", { folder })).rejects.toThrow(/Line 1 of 2015-02-16-16-49-06_times.txt/);
  });

  test("greatest hits: a list of strokes gives parts of a video, each with all strokes in it", async () => {
    await files({
      "greatesthit.csv":
        "filename,start_time,occurring_time,end_time,material,action,reaction\nclip,1,1.5,3,wood,hit,static\nclip,2.5,2.75,4.5,wood,hit,static\n",
      "clip.mp4": "",
    });
    const { clips, missing } = await readBenchmark("greatest-hits", { folder });
    expect(clips).toMatchObject([
      { id: "clip_1000", start: 1, seconds: 2, onsets: [0.5, 1.75], caption: "hit wood" },
      { id: "clip_2500", start: 2.5, seconds: 2, onsets: [0.25] },
    ]);
    expect(missing).toEqual([]);
  });

  test.each([
    [
      "vggsound",
      "test.csv",
      "audiocap_id,youtube_id,start_time,caption\n1,a,0,x\n",
      /a list of audiocaps; the benchmark vggsound/,
    ],
    ["vggsound", "test.csv", "Dear diary", /no list of a known format/],
    ["vggsound", "test.csv", "aaaaaaaaaaa_000003.mp4,x\naaaaaaaaaaa_000003.mp4,y\n", /"aaaaaaaaaaa_000003" twice/],
    ["kinetics-700", "val.csv", "youtube_id,time_start,time_end,split\na,0,10,train\n", /no clips of the split val/],
    ["moviegen", "other.txt", "", /has no list of the benchmark moviegen.*MovieGenAudioBenchSfx.jsonl/],
    ["nothing", "x", "", /no benchmark "nothing".*moviegen, vggsound/],
  ])("%s with %s is refused", async (layout, name, text, expected) => {
    await files({ [name]: text });
    const reading = readBenchmark(layout, { folder });
    await expect(reading).rejects.toThrow(expected);
    await expect(reading).rejects.toBeInstanceOf(FoleyError);
  });

  test("names of a list do not reach outside the folder", async () => {
    await files({ "inner/test.csv": "../secret_000003.mp4,x\n/etc/passwd,y\n", "secret_000003.mp4": "" });
    const { clips } = await readBenchmark("vggsound", { folder: at("inner"), list: at("inner/test.csv") }).catch(() => ({
      clips: [],
    }));
    expect(clips.every(({ video }) => video === undefined)).toBe(true);
  });

  test("layouts have distinct ids, and say what they are", () => {
    expect(new Set(benchmarkLayouts.map(({ id }) => id)).size).toBe(5);
    for (const { about, lists } of benchmarkLayouts) expect(about.length * lists.length).toBeGreaterThan(20);
  });
});
