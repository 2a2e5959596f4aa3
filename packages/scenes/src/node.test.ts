import { mkdtemp, readFile, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { openMedia } from "@foley-control/media/node";
import { expect, it } from "vitest";
import { renderScene, writeScene } from "./node.js";

it("writes a video with sound, a wav and the truth; the video keeps times and length", async () => {
  const folder = await mkdtemp(join(tmpdir(), "scene-"));
  try {
    const scene = renderScene(11, { imageSize: 128, seconds: 2, classes: ["bounce"] });
    const written = await writeScene(scene, folder, { name: "clip" });
    expect(written.map((path) => path.slice(folder.length + 1))).toEqual(["clip.mp4", "clip.wav", "clip.json"]);
    const truth = JSON.parse(await readFile(join(folder, "clip.json"), "utf8"));
    expect(truth.events).toEqual(scene.events);
    expect((await readFile(join(folder, "clip.wav"))).length).toBe(44 + 2 * scene.audio.length);
    const media = await openMedia(join(folder, "clip.mp4"));
    expect(media.info.video?.width).toBe(128);
    expect(media.info.duration).toBeCloseTo(2, 2);
    const mute = join(folder, "mute.mp4");
    await writeScene(scene, mute, { mute: true });
    expect((await openMedia(mute)).info.audio).toBeFalsy();
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
});
