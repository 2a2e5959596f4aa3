/** What a file says about itself, and that two files of the same contents are the same bytes. */
import { describe, expect, it, vi } from "vitest";
import { caseFile, fixture, fixtureBytes } from "../../test/node-world.js";
import { silence } from "../../test/silence.js";
import { loadNativeCodecs } from "../node/native.js";
import { encodeVideo, openMedia } from "../node.js";

await loadNativeCodecs();
const sound = silence(44_100, { sampleRate: 44_100 });
const has = (bytes: Uint8Array, text: string): boolean => Buffer.from(bytes).includes(Buffer.from(text, "latin1"));
const created = (bytes: Uint8Array): number => Buffer.from(bytes).readUInt32BE(Buffer.from(bytes).indexOf("mvhd") + 8);

describe("a file with new sound", () => {
  it.each(["mp4", "mov"] as const)(
    "keeps title, place, chapters and time of making in %s, and says what it lost",
    async (container) => {
      using file = await openMedia(caseFile("metadata.mp4"));
      const warnings: string[] = [];
      const bytes = await file.replaceAudio(sound, {
        container,
        onProgress: (event) => event.type === "warning" && warnings.push(event.warning.message),
      });
      expect(new Date((created(bytes) - 2_082_844_800) * 1000).toISOString()).toBe("2020-01-02T03:04:05.000Z");
      expect(["My film", "loci", "chpl", "\x03One", "\x03Two"].filter((text) => !has(bytes, text))).toEqual([]);
      expect(warnings).toEqual([expect.stringMatching(/but not its subtitles/)]);
      // And once more, from the copy.
      using again = await openMedia(bytes);
      const second = await again.replaceAudio(sound, { container });
      expect([has(second, "My film"), has(second, "chpl"), created(second)]).toEqual([true, true, created(bytes)]);
    },
  );
  it.each(["mkv", "mp4"] as const)("keeps the title of Matroska's own head in %s", async (container) => {
    const bytes = await fixtureBytes("h264-aac.mkv");
    // The name of the program that wrote it becomes the title: both are text, with identifiers of two bytes.
    const at = Buffer.from(bytes).indexOf(Buffer.from([0x4d, 0x80]));
    bytes.set([0x7b, 0xa9], at);
    const title = Buffer.from(bytes.subarray(at + 3, at + 3 + ((bytes[at + 2] as number) & 0x7f))).toString();
    using file = await openMedia(bytes);
    expect(title.length).toBeGreaterThan(3);
    expect(has(await file.replaceAudio(sound, { container }), title)).toBe(true);
  });
  it("keeps the title and the time of making in Matroska, and says that chapters are lost", async () => {
    using file = await openMedia(caseFile("metadata.mp4"));
    const warnings: string[] = [];
    const bytes = await file.replaceAudio(sound, {
      container: "mkv",
      onProgress: (event) => event.type === "warning" && warnings.push(event.warning.message),
    });
    expect([has(bytes, "My film"), has(bytes, "2020-01-02T03:04:05")]).toEqual([true, true]);
    expect(warnings).toEqual([expect.stringMatching(/not its subtitles and its chapters/)]);
  });
  it.each(["mp4", "mov", "mkv"] as const)("has the same bytes whenever it is written, as %s", async (container) => {
    const files: Uint8Array[] = [];
    vi.useFakeTimers({ toFake: ["Date"], now: 1e12 });
    try {
      for (const now of [1e12, 1.5e12]) {
        vi.setSystemTime(now);
        using file = await openMedia(fixture("h264-aac.mp4"));
        files.push(await file.replaceAudio(sound, { container }));
        const frames = [new Uint8Array(12)];
        const drawn = await encodeVideo({ frames, width: 2, height: 2, fps: 1 }, undefined, { container });
        files.push(drawn.bytes as Uint8Array);
      }
    } finally {
      vi.useRealTimers();
    }
    expect(Buffer.compare(files[0] as Uint8Array, files[2] as Uint8Array)).toBe(0);
    expect(Buffer.compare(files[1] as Uint8Array, files[3] as Uint8Array)).toBe(0);
  });
});
