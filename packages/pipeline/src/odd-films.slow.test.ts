/**
 * Films that are odd, made window by window: pictures at no rate, that stop before the sound, of five hours; files that change while they are read; a disk that fills,
 * and two at work on one file. Windows are half a second, so that clips of seconds are films.
 */
import { appendFile, copyFile, mkdtemp, readdir, readFile, rename, rm, truncate, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { notWritable } from "@foley-control/files/node";
import { goldenPath } from "@foley-control/golden/node";
import { openMedia, videoPacketDigest } from "@foley-control/media/node";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { longClip } from "../../media/test/long-clip.js";
import { temporaryScratch } from "./node/temporary-scratch.js";
import { createFoley, folderStore, type SoundPiece, type SoundScratch } from "./node.js";
import { quickMini } from "./quick-mini.test-support.js";

const mini = quickMini();
let folder: string;
let foley: Awaited<ReturnType<typeof createFoley>>;
/** The sound of the clip where nothing disturbs it. */
let quiet: Float32Array;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "foley-odd-films-"));
  const backbone = { ...mini.backbone, seconds: { minimum: 0.25, maximum: 0.5 } };
  foley = await createFoley({ ...mini, backbone, runtime: { device: "cpu", worker: false, threads: 1 } });
  quiet = (await foley.generate({ ...quick, video: clip })).audio.data;
});
afterAll(async () => {
  await foley.dispose();
  await rm(folder, { recursive: true, force: true });
});

const quick = { prompt: "a metal ball", seed: 3, steps: 1 } as const;
const clip = goldenPath("clips/h264-aac.mp4");
const shortPicture = fileURLToPath(new URL("../../media/test/cases/short-picture.webm", import.meta.url));

it.each([
  ["of variable rate", goldenPath("clips/variable-rate.mp4")],
  ["without sound", goldenPath("clips/no-sound-12fps.mp4")],
  ["that stops before its sound", shortPicture],
  ["that begins late", goldenPath("clips/delayed-picture.mp4")],
])("a picture %s has sound for as long as it lasts, and is copied", async (name, path) => {
  using film = await openMedia(path);
  const lasts = film.info.video?.duration as number;
  const take = await foley.generate({ ...quick, video: path });
  expect(take.diagnostics.joints.length).toBeGreaterThan(1);
  expect(take.duration).toBeCloseTo(lasts, 3);
  expect(take.audio.shape[2]).toBe(Math.round(lasts * take.sampleRate));
  const out = join(folder, `${name}.${path.endsWith("webm") ? "webm" : "mp4"}`);
  await take.saveVideo(out);
  using made = await openMedia(out);
  expect(await videoPacketDigest(made)).toEqual(await videoPacketDigest(film));
  expect(made.info.audio?.duration).toBeGreaterThan(lasts - 0.05);
});

it("five hours are planned at once, and sound comes from anywhere in them", { timeout: 120_000 }, async () => {
  const path = join(folder, "five-hours.mp4");
  const short = new Uint8Array(await readFile(clip));
  await writeFile(path, await longClip(short, { seconds: 5 * 3600, bytesPerFrame: 8 }));
  const pieces: SoundPiece[] = [];
  let windows = 0;
  const onProgress = (event: { readonly type: string; readonly count?: number }) => {
    if (event.type === "window-start") windows = event.count as number;
  };
  for await (const piece of foley.stream({ ...quick, video: path, onProgress })) if (pieces.push(piece) === 2) break;
  expect(pieces.map(({ totalSeconds }) => totalSeconds)).toEqual([18_000, 18_000]);
  expect(windows).toBeGreaterThan(36_000);
  const late = await foley.generate({ ...quick, video: path, start: 17_998.5 });
  expect([late.start, late.duration]).toEqual([17_998.5, 1.5]);
});

describe("a film whose file changes when its third window begins", () => {
  /** Makes it of a copy, and saves it. */
  async function disturbed(what: (path: string) => Promise<void>) {
    const own = await mkdtemp(join(folder, "file-"));
    const path = join(own, "film.mp4");
    await copyFile(clip, path);
    let done: Promise<void> | undefined;
    const take = await foley.generate({
      ...quick,
      video: path,
      onProgress: (event) => {
        if (event.type === "window-start" && event.index === 2) done ??= what(path);
      },
    });
    await done;
    const saved = await take.saveVideo(join(own, "out.mp4")).then(
      () => "saved",
      (error: Error) => error.message,
    );
    return { take, saved, left: (await readdir(own)).filter((name) => name !== "film.mp4") };
  }
  it("because it grows, is made and saved as it was", async () => {
    const { take, saved, left } = await disturbed((path) => appendFile(path, new Uint8Array(100_000)));
    expect(take.audio.data).toEqual(quiet);
    expect([saved, left, take.diagnostics.warnings]).toEqual(["saved", ["out.mp4"], []]);
  });
  it.skipIf(process.platform === "win32")("because it goes away, is made; that there is nothing to copy is said", async () => {
    const { take, saved, left } = await disturbed((path) => rm(path));
    expect(take.audio.data).toEqual(quiet);
    expect([saved, left]).toEqual([expect.stringMatching(/film\.mp4" does not exist/), []]);
  });
  it.skipIf(process.platform === "win32")(
    "because another takes its name, is made; that the picture is another is said",
    async () => {
      const { take, saved } = await disturbed(async (path) => {
        await copyFile(goldenPath("clips/variable-rate.mp4"), `${path}.new`);
        await rename(`${path}.new`, path);
      });
      expect(take.audio.data).toEqual(quiet);
      expect([saved, take.diagnostics.warnings]).toEqual(["saved", [expect.objectContaining({ code: "clip-changed" })]]);
    },
  );
  it("because it is cut, is made of what was read, and cannot be copied, which is said", async () => {
    const { saved, left } = await disturbed((path) => truncate(path, 4_000));
    expect([saved, left]).toEqual([expect.stringMatching(/is cut off|no index/), []]);
  });
});

it("a disk that fills in the middle is said; what was finished is kept, and the same call goes on when there is room", async () => {
  const keep = folderStore({ folder: join(folder, "kept") });
  let room = 2;
  const scratch: SoundScratch = {
    async begin(shape) {
      const writer = await temporaryScratch().begin(shape);
      const append: typeof writer.append = async (channels) => {
        if (room-- <= 0) throw notWritable("The temporary file of the sound", { code: "ENOSPC" });
        await writer.append(channels);
      };
      return { ...writer, append };
    },
  };
  await expect(foley.generate({ ...quick, video: clip, keep, scratch })).rejects.toMatchObject({
    code: "not-writable",
    message: expect.stringMatching(/the disk is full/),
  });
  room = Number.POSITIVE_INFINITY;
  const on = await foley.generate({ ...quick, video: clip, keep, scratch });
  expect(on.diagnostics.keptWindows).toBeGreaterThanOrEqual(3);
  expect(on.audio.data).toEqual(quiet);
});

it("two at once on one store and one output: each makes the same, and the file is whole", async () => {
  const [store, outputs] = [join(folder, "shared"), await mkdtemp(join(folder, "outputs-"))];
  const out = join(outputs, "out.mp4");
  const make = async () => {
    const take = await foley.generate({ ...quick, video: clip, keep: folderStore({ folder: store }) });
    await take.saveVideo(out);
    return take;
  };
  const [one, other] = await Promise.all([make(), make()]);
  expect(other.audio.data).toEqual(one.audio.data);
  expect(other.diagnostics.warnings).toEqual([]);
  expect(Buffer.compare(await readFile(out), Buffer.from(await one.toVideo()))).toBe(0);
  expect(await readdir(outputs)).toEqual(["out.mp4"]);
  expect((await readdir(store)).filter((name) => !name.endsWith(".window"))).toEqual([]);
});
