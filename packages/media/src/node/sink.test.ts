/** The process that reads a clip writes to the file in the making itself. */
import { mkdtemp, readdir, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { StreamTargetChunk } from "mediabunny";
import { afterAll, beforeAll, expect, test } from "vitest";
import { fixture } from "../../test/node-world.js";
import { remoteFile } from "../apart/remote-file.js";
import { pcmSource } from "../audio/pcm-source.js";
import { openMedia } from "../node.js";
import { writeToPartialFile } from "./sink.js";

let folder: string;
beforeAll(async () => void (folder = await mkdtemp(join(tmpdir(), "foley-sink-"))));
afterAll(() => rm(folder, { recursive: true, force: true }));

const tone = { sampleRate: 48_000, channels: [new Float32Array(48_000).map((_, i) => 0.3 * Math.sin(i / 10))] };

test("pieces land at their places, in any order", async () => {
  const path = join(folder, "pieces.partial");
  await writeFile(path, "");
  await writeToPartialFile({ path, name: "pieces.bin" }, async (pieces) => {
    const writer = pieces.getWriter();
    const piece = (position: number, ...data: number[]): StreamTargetChunk => ({
      type: "write",
      position,
      data: Uint8Array.from(data),
    });
    await writer.write(piece(2, 3, 4));
    await writer.write(piece(0, 1, 2));
  });
  expect([...(await readFile(path))]).toEqual([1, 2, 3, 4]);
});

test("what refuses is called by the name that the file will have", async () => {
  const lost = { path: join(folder, "nowhere", "x.partial"), name: "film.mp4" };
  await expect(writeToPartialFile(lost, async () => undefined)).rejects.toMatchObject({
    code: "not-writable",
    message: expect.stringContaining('"film.mp4" cannot be written'),
  });
});

test("the reader is told where the file is, and what it writes there is what comes back otherwise", async () => {
  const asked: unknown[] = [];
  const peer = { call: async (_method: string, request: unknown) => void asked.push(request) };
  const info = {} as Parameters<typeof remoteFile>[0];
  const file = { path: "/a/.film.partial", name: "film.mp4" };
  const remote = remoteFile(
    info,
    "clip.mp4",
    async () => ({ peer: peer as never, writing: new Map() }),
    () => undefined,
  );
  await remote.writeAudio(pcmSource(tone, "pcm"), { write: async () => undefined, file });
  expect(asked).toMatchObject([{ file }]);

  const paths = [join(folder, "apart.mp4"), join(folder, "here.mp4")] as const;
  for (const [index, isolation] of (["process", "none"] as const).entries()) {
    using media = await openMedia(fixture("h264-aac.mp4"), { isolation });
    await media.saveWithAudio(paths[index] as string, tone);
  }
  expect((await readFile(paths[0])).equals(await readFile(paths[1]))).toBe(true);
  expect((await readdir(folder)).filter((name) => name.startsWith("."))).toEqual([]);
});
