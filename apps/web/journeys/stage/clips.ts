/** Clips for journeys: rendered scenes whose sounds are known, each made once in a run. */
import { copyFile, mkdir, mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { goldenPath } from "@foley-control/golden/node";
import { encodeVideo } from "@foley-control/media/node";
import { renderScene, writeScene } from "@foley-control/scenes/node";
import { longClip } from "../../../../packages/media/test/long-clip.js";

/** What can be asked for. */
export type ClipName =
  | ("long" | "bounce" | "bounce-with-sound" | "drip" | "text" | "undecodable" | "hevc" | "empty" | "sound-only")
  | ("two-hours" | "4k60" | "rotated" | "varying" | "folder");

/** Makes clips in a folder of its own. */
export interface Clips {
  /** The path of a clip. */
  get(name: ClipName): Promise<string>;
  remove(): Promise<void>;
}

const makers: Readonly<Record<ClipName, (folder: string) => Promise<string>>> = {
  bounce: (folder) => scene(join(folder, "bounce.mp4"), "bounce", false),
  "bounce-with-sound": (folder) => scene(join(folder, "bounce-with-sound.mp4"), "bounce", true),
  // Three windows of what is made at once.
  long: async (folder) => {
    const path = join(folder, "long.mp4");
    await writeScene(renderScene(1_000_000_124, { classes: ["bounce"], audio: false, seconds: 30 }), path, { mute: true });
    return path;
  },
  drip: (folder) => scene(join(folder, "drip.mp4"), "drip", false),
  text: (folder) => file(join(folder, "notes.mp4"), "This is no video.\n".repeat(100)),
  // H.264 under the name of a codec that no browser has.
  undecodable: async (folder) => {
    const path = join(folder, "undecodable.mp4");
    await scene(path, "bounce", false);
    const bytes = await readFile(path, "latin1");
    await writeFile(path, bytes.replaceAll("avc1", "mp4v"), "latin1");
    return path;
  },
  // H.264 that says of itself to be HEVC, main profile, level 3.1: what no browser on Debian decodes.
  hevc: async (folder) => {
    const path = join(folder, "hevc.mp4");
    await scene(path, "bounce", false);
    const bytes = await readFile(path);
    bytes.write("hvc1", bytes.indexOf("avc1", 64, "latin1"), "latin1");
    const at = bytes.indexOf("avcC", 0, "latin1");
    bytes.write("hvcC", at, "latin1");
    const size = bytes.readUInt32BE(at - 4) - 8;
    const record = Buffer.from("010160000000900000000000" + "5df000fcfdf8f800000f00", "hex");
    if (size < record.length) throw new Error(`${size} bytes are too few for a description of HEVC`);
    record.copy(bytes.fill(0, at + 4, at + 4 + size), at + 4);
    await writeFile(path, bytes);
    return path;
  },
  empty: (folder) => file(join(folder, "empty.mp4"), ""),
  "two-hours": async (folder) =>
    file(join(folder, "two-hours.mp4"), await longClip(await readFixture("h264-aac.mp4"), { seconds: 7200, bytesPerFrame: 8 })),
  "4k60": async (folder) => {
    const one = new Uint8Array(3840 * 2160 * 3).fill(90);
    const { bytes } = await encodeVideo({ frames: [one, one], width: 3840, height: 2160, fps: 60 }, undefined, {
      container: "mp4",
    });
    const whole = await longClip(bytes as Uint8Array<ArrayBuffer>, { seconds: 2, rate: 60, bytesPerFrame: 8 });
    return file(join(folder, "4k60.mp4"), whole);
  },
  rotated: async () => goldenPath("clips/rotated.mp4"),
  varying: async () => goldenPath("clips/variable-rate.mp4"),
  // With a video in a folder of its own, and what is none.
  folder: async (folder) => {
    const path = join(folder, "a folder");
    await mkdir(join(path, "deep"), { recursive: true });
    await file(join(path, "notes.txt"), "Nothing to see.");
    await copyFile(goldenPath("clips/variable-rate.mp4"), join(path, "deep", "inside.mp4"));
    return path;
  },
  "sound-only": async (folder) => {
    const path = join(folder, "sound-only.wav");
    await writeScene(renderScene(7, { classes: ["bounce"], frames: false }), path);
    return path;
  },
};

async function scene(path: string, kind: "bounce" | "drip", audio: boolean): Promise<string> {
  await writeScene(renderScene(1_000_000_123, { classes: [kind], audio }), path, { mute: !audio });
  return path;
}

/** A clip that is among the fixtures of `media`. */
const readFixture = async (name: string): Promise<Uint8Array<ArrayBuffer>> =>
  new Uint8Array(await readFile(goldenPath(`clips/${name}`)));

async function file(path: string, content: string | Uint8Array): Promise<string> {
  await writeFile(path, content);
  return path;
}

/** Clips that are made when they are asked for. */
export async function makeClips(): Promise<Clips> {
  const folder = await mkdtemp(join(tmpdir(), "foley-clips-"));
  const made = new Map<ClipName, Promise<string>>();
  return {
    get(name) {
      const path = made.get(name) ?? makers[name](folder);
      made.set(name, path);
      return path;
    },
    remove: () => rm(folder, { recursive: true, force: true }),
  };
}
