/** What `ffmpeg` is told of a file, heard by a program of that name that only writes it down. */
import { chmod, copyFile, mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { delimiter, join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { caseFile } from "../../test/node-world.js";
import { openMedia } from "../node.js";

let folder: string;
const path = process.env["PATH"];
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "foley-media-test-"));
  for (const program of ["ffmpeg", "ffprobe"]) {
    await writeFile(
      join(folder, program),
      `#!${process.execPath}\nrequire("fs").writeFileSync(${JSON.stringify(join(folder, "words"))}, JSON.stringify(process.argv.slice(2)));\n`,
    );
    await chmod(join(folder, program), 0o755);
  }
  process.env["PATH"] = `${folder}${delimiter}${path}`;
});
afterAll(async () => {
  process.env["PATH"] = path;
  await rm(folder, { recursive: true, force: true });
});

/** The words after which ffmpeg gave nothing, so that all is silent. */
async function words(name: string): Promise<string[]> {
  await copyFile(caseFile("two-sounds.mp4"), join(folder, name));
  using file = await openMedia(join(folder, name), { backend: "ffmpeg", isolation: "none" });
  await file.audio({ onError: "hold", duration: 0.1 });
  return JSON.parse(await readFile(join(folder, "words"), "utf8")) as string[];
}

describe.skipIf(process.platform === "win32")("ffmpeg", () => {
  it.each(["concat:a.mp4", "-i.mp4", "http:b.mp4", "a%20b?#.mp4", "clip%03d.mp4", "pipe:0.mp4"])(
    "is given %s as a file, and may open no other",
    async (name) => {
      const told = await words(name);
      expect(told[told.indexOf("-i") + 1]).toBe(`file:${join(folder, name)}`);
      expect(told[told.indexOf("-protocol_whitelist") + 1]).toBe("file,pipe");
      expect(told[told.indexOf("-f") + 1]).toBe("mov");
    },
  );
  it("is told the place of a picture in the file's own time, and in a broadcast one before the key frame that is needed", async () => {
    const place = async (name: string, start: number): Promise<readonly [string, number]> => {
      using file = await openMedia(caseFile(name), { backend: "ffmpeg", isolation: "none" });
      await file
        .frames({ fps: 4, start })
        .next()
        .catch(() => undefined);
      const told = JSON.parse(await readFile(join(folder, "words"), "utf8")) as string[];
      expect(told[told.indexOf("-seek_timestamp") + 1]).toBe("1");
      return [told[told.indexOf("-ss") + 1] as string, file.info.origin] as const;
    };
    expect((await place("two-sounds.mp4", 0.5))[0]).toBe("0.5");
    const [seconds, origin] = await place("inside-a-group.mpegts", 2);
    expect(origin).toBeGreaterThan(1);
    expect(Number(seconds)).toBeLessThan(origin + 1);
    expect(Number(seconds)).toBeGreaterThan(origin - 2);
  });
  it("is told the track that was inspected", async () => {
    const told = await words("clip.mp4");
    // The second sound is the default one.
    expect(told[told.indexOf("-map") + 1]).toBe("0:#3");
  });
});
