/** What an owner cut away is in no file that is written, where a player could show or sound it: the cut is kept, or refused by a sentence. */
import { readFile } from "node:fs/promises";
import { concatBytes } from "@foley-control/core";
import { describe, expect, it } from "vitest";
import { shownIndex } from "../../test/checks.js";
import { caseFile, fixtureBytes } from "../../test/node-world.js";
import { loadNativeCodecs } from "../node/native.js";
import { openMedia } from "../node.js";

const native = await loadNativeCodecs();
const sound = { sampleRate: 48_000, channels: [new Float32Array(48_000)] };

const opened = (bytes: Uint8Array<ArrayBuffer>) => openMedia(bytes, { isolation: "none" });

/** A clip whose edit lists end after so many seconds; its frames are stored P B B, so that most ends lie before a frame that is needed. */
async function cutAfter(seconds: number): Promise<Uint8Array<ArrayBuffer>> {
  const bytes = await fixtureBytes("h264-aac.mp4");
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  for (let at = Buffer.from(bytes).indexOf("elst"); at > 0; at = Buffer.from(bytes).indexOf("elst", at + 4))
    view.setUint32(at + 12, Math.round(seconds * 1000));
  return bytes;
}

async function indices(bytes: Uint8Array<ArrayBuffer>): Promise<number[]> {
  using file = await opened(bytes);
  const found: number[] = [];
  for await (const { rgb } of file.frames({ fps: 30, size: [96, 128] })) found.push(shownIndex(rgb, [96, 128]));
  return found;
}

describe.skipIf(!native)("a cut before a frame that others are made from", () => {
  it.each([
    ["mp4", 1.05],
    ["mov", 0.5],
  ] as const)("is in the new %s, which shows and lasts as long as the old", async (container, seconds) => {
    const bytes = await cutAfter(seconds);
    using file = await opened(bytes);
    const written = await file.replaceAudio(sound, { container, length: "video", original: "keep" });
    using after = await opened(written);
    expect(after.info.duration).toBeCloseTo(seconds, 3);
    expect(after.info.video?.duration).toBeCloseTo(seconds, 3);
    expect(await indices(written)).toEqual(await indices(bytes));
    const index = Buffer.from(written).indexOf("elst");
    expect(new DataView(written.buffer, written.byteOffset).getUint32(index + 12) / 57_600).toBeCloseTo(seconds, 3);
  });
  it("cannot be said by Matroska; a stream gets the file that has its cut", async () => {
    using file = await opened(await cutAfter(1.05));
    const refused = /cuts the picture of The data before a frame that others are made from, which mkv cannot say/;
    await expect(file.replaceAudio(sound, { container: "mkv" })).rejects.toThrow(refused);
    const pieces: Uint8Array<ArrayBuffer>[] = [];
    const stream = new WritableStream<Uint8Array<ArrayBuffer>>({ write: (piece) => void pieces.push(piece) });
    await file.writeWithAudio(stream, sound, { container: "mp4", length: "video" });
    using after = await opened(concatBytes(pieces));
    expect(after.info.video?.duration).toBeCloseTo(1.05, 3);
  });
  it("that needs no frame behind it goes into Matroska", async () => {
    using file = await opened(await cutAfter(31 / 30 + 0.08));
    using after = await opened(await file.replaceAudio(sound, { container: "mkv", length: "video" }));
    expect(after.info.video?.duration).toBeCloseTo(31 / 30 + 0.08, 1);
  });
});

it("a clip of which an edit list leaves nothing is refused when it is opened, by what it is", async () => {
  const bytes = await fixtureBytes("edit-list.mp4");
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  for (let at = Buffer.from(bytes).indexOf("elst"); at > 0; at = Buffer.from(bytes).indexOf("elst", at + 4)) {
    const entry = at + 12 + 12 * (view.getUint32(at + 8) - 1);
    view.setInt32(entry + 4, 2 ** 30);
  }
  await expect(opened(bytes)).rejects.toThrow(/leaves nothing of its picture to be played/);
});

it.skipIf(!native)("the beginning of a sound that was cut away is not kept where it would be heard", async () => {
  // Only the sound is cut: the picture's list is made one that shows everything.
  const bytes = new Uint8Array(await readFile(caseFile("trimmed.mov")));
  const view = new DataView(bytes.buffer);
  const at = Buffer.from(bytes).indexOf("elst");
  view.setUint32(at + 12, 4000);
  view.setInt32(at + 16, 0);
  using file = await opened(bytes);
  await expect(file.replaceAudio(sound, { container: "mkv", original: "keep" })).rejects.toThrow(
    /cuts the beginning of the original sound/,
  );
  await expect(file.replaceAudio(sound, { container: "mkv" })).resolves.toBeInstanceOf(Uint8Array);
});
