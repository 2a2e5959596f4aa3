// Makes the clips of the golden package with ffmpeg, once; they are committed because a test must not need ffmpeg.
// Every frame shows its own index as eight black or white blocks, so that a test can see which frame it got.
// truth.json holds the timestamp of every frame as ffprobe reads it: an independent witness.
import { execFileSync } from "node:child_process";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";

const folder = fileURLToPath(new URL("../../golden/fixtures/clips/", import.meta.url));
const scratch = mkdtempSync(join(tmpdir(), "fixtures-"));
const width = 128;
const height = 96;
const frames = 60;
const ffmpeg = (...parameters) =>
  execFileSync("ffmpeg", ["-hide_banner", "-loglevel", "error", "-y", ...parameters.flat()], { maxBuffer: 1 << 28 });

// Upper half: bits, the highest at the left. Lower half: red, green, blue, grey.
const colours = [
  [200, 40, 40],
  [40, 180, 60],
  [50, 60, 210],
  [128, 128, 128],
];
const raw = Buffer.alloc(width * height * 3 * frames);
for (let index = 0; index < frames; index++) {
  for (let y = 0; y < height; y++) {
    for (let x = 0; x < width; x++) {
      const bit = (index >> (7 - Math.floor(x / 16))) & 1;
      const pixel = y < height / 2 ? [bit * 255, bit * 255, bit * 255] : colours[Math.floor(x / 32)];
      raw.set(pixel, ((index * height + y) * width + x) * 3);
    }
  }
}
writeFileSync(join(scratch, "frames.rgb"), raw);

// Sound: silence with single-sample clicks at 0.5 s and 1.25 s.
const rate = 44100;
const pcm = new Int16Array(2 * rate);
pcm[0.5 * rate] = 30000;
pcm[1.25 * rate] = -30000;
writeFileSync(join(scratch, "clicks.s16"), new Uint8Array(pcm.buffer));

const picture = (fps) => [
  "-f",
  "rawvideo",
  "-pix_fmt",
  "rgb24",
  "-s",
  `${width}x${height}`,
  "-framerate",
  fps,
  "-i",
  join(scratch, "frames.rgb"),
];
const sound = ["-f", "s16le", "-ar", rate, "-ac", 1, "-i", join(scratch, "clicks.s16")];
const to709 = "scale=out_color_matrix=bt709:out_range=tv:flags=accurate_rnd+full_chroma_int";
const tags = ["-colorspace", "bt709", "-color_primaries", "bt709", "-color_trc", "bt709", "-color_range", "tv"];
const h264 = ["-pix_fmt", "yuv420p", "-c:v", "libx264", "-preset", "veryslow", "-crf", "14", "-g", "24", "-bf", "2", ...tags];
const aac = ["-c:a", "aac", "-b:a", "96k"];
const fast = ["-movflags", "+faststart"];
const out = (name) => join(folder, name);

ffmpeg(picture(30), sound, "-vf", to709, h264, aac, fast, out("h264-aac.mp4"));
ffmpeg(picture(30), sound, "-vf", to709, h264, aac, out("index-last.mp4"));
ffmpeg(
  picture("30000/1001"),
  sound,
  "-vf",
  `${to709},select='not(eq(mod(n,7),3)+eq(mod(n,11),5))'`,
  "-fps_mode",
  "vfr",
  h264,
  aac,
  fast,
  out("variable-rate.mp4"),
);
ffmpeg("-i", out("h264-aac.mp4"), "-c", "copy", "-metadata:s:v", "rotate=90", fast, out("rotated.mp4"));
ffmpeg(
  picture(25),
  sound,
  "-vf",
  to709,
  "-pix_fmt",
  "yuv420p",
  "-c:v",
  "libvpx-vp9",
  "-crf",
  "20",
  "-b:v",
  "0",
  "-g",
  "24",
  tags,
  "-c:a",
  "libopus",
  "-ar",
  "48000",
  "-b:a",
  "96k",
  out("vp9-opus.webm"),
);
ffmpeg("-i", out("h264-aac.mp4"), "-c", "copy", out("h264-aac.mov"));
ffmpeg("-i", out("h264-aac.mp4"), "-c", "copy", "-movflags", "frag_keyframe+empty_moov+default_base_moof", out("fragmented.mp4"));
ffmpeg("-i", out("h264-aac.mp4"), "-c", "copy", out("h264-aac.mkv"));
ffmpeg("-i", out("h264-aac.mp4"), "-c", "copy", out("h264-aac.ts"));
ffmpeg(picture(12), "-frames:v", "24", "-vf", to709, h264, fast, out("no-sound-12fps.mp4"));
ffmpeg(picture(30), sound, "-vf", `${to709},setsar=4/3`, "-frames:v", "30", "-t", "1", h264, aac, fast, out("wide-pixels.mp4"));
ffmpeg("-ss", "0.37", "-i", out("h264-aac.mp4"), "-c", "copy", fast, out("edit-list.mp4"));
ffmpeg(
  "-itsoffset",
  "0.48",
  "-i",
  out("h264-aac.mp4"),
  "-i",
  out("h264-aac.mp4"),
  "-map",
  "0:v",
  "-map",
  "1:a",
  "-c",
  "copy",
  fast,
  out("delayed-picture.mp4"),
);
ffmpeg(sound, aac, fast, out("sound-only.mp4"));
ffmpeg(picture(50), "-frames:v", "1", "-vf", to709, h264, fast, out("one-frame-20ms.mp4"));
ffmpeg(
  ["-f", "lavfi", "-i", "color=c=0x2878C8:s=7680x4320:r=25:d=0.12"],
  "-vf",
  to709,
  h264,
  ["-preset", "ultrafast"],
  fast,
  out("h264-8k.mp4"),
);
ffmpeg(picture(30), sound, "-frames:v", "30", "-t", "1", "-c:v", "mpeg4", "-q:v", "3", "-c:a", "mp3", out("mpeg4-mp3.avi"));

const truth = {};
for (const name of [
  "h264-aac.mp4",
  "index-last.mp4",
  "variable-rate.mp4",
  "rotated.mp4",
  "vp9-opus.webm",
  "h264-aac.mov",
  "fragmented.mp4",
  "h264-aac.mkv",
  "h264-aac.ts",
  "no-sound-12fps.mp4",
  "wide-pixels.mp4",
  "edit-list.mp4",
  "delayed-picture.mp4",
  "one-frame-20ms.mp4",
]) {
  const words = execFileSync(
    "ffprobe",
    ["-loglevel", "error", "-select_streams", "v:0", "-show_entries", "packet=pts_time", "-of", "csv=p=0", out(name)],
    { encoding: "utf8" },
  );
  const times = words
    .split(/[\n,]+/)
    .filter(Boolean)
    .map(Number)
    .sort((a, b) => a - b);
  const bits = execFileSync("ffmpeg", [
    "-loglevel",
    "error",
    "-noautorotate",
    "-i",
    out(name),
    "-map",
    "0:v:0",
    "-fps_mode",
    "passthrough",
    "-vf",
    `scale=in_range=tv:out_range=pc,format=gray,crop=${width}:1:0:24,scale=8:1:flags=area`,
    "-f",
    "rawvideo",
    "-",
  ]);
  const indices = Array.from({ length: bits.length / 8 }, (_, frame) =>
    bits.subarray(frame * 8, frame * 8 + 8).reduce((sum, value) => sum * 2 + (value > 128 ? 1 : 0), 0),
  );
  truth[name] = { times, indices };
  console.log(name, times.length, indices.length, times.slice(0, 3), indices.slice(0, 3));
}
writeFileSync(join(folder, "truth.json"), `${JSON.stringify(truth)}\n`);
rmSync(scratch, { recursive: true });
