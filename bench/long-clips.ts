/**
 * Four seconds of sound written into clips of four seconds, twenty minutes and two hours, each by a process of its own: what the whole
 * process takes, and what the length costs beyond the shortest. `--megabits 2` is the rate of the picture.
 */
import { spawn } from "node:child_process";
import { mkdtemp, rm, stat } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { parseArgs } from "node:util";
import { createRandom } from "@foley-control/core";
import { encodeVideo } from "@foley-control/media/node";
import { repeatClip } from "./long-clips/repeat.js";

const { values } = parseArgs({ options: { megabits: { type: "string", default: "2" }, json: { type: "boolean" } } });
/** Clips by their length in seconds. */
const CLIPS = { "4 s": 4, "20 min": 1200, "2 h": 7200 } as const;
const [SHORT, FPS, WIDTH, HEIGHT, RATE] = [4, 30, 640, 360, 48_000];

/** A pattern that moves, with noise over it, so that the encoder has something to spend its bits on. */
function* frames(): Generator<Uint8Array> {
  const random = createRandom(0, "long-clips");
  for (let frame = 0; frame < SHORT * FPS; frame++) {
    const rgb = new Uint8Array(WIDTH * HEIGHT * 3);
    for (let i = 0; i < rgb.length; i++) rgb[i] = ((i * 7) >> 4) + frame * 5 + random.integer(0, 32);
    yield rgb;
  }
}

interface Measured {
  readonly clip: string;
  readonly bytes: number;
  readonly seconds: number;
  readonly cpuSeconds: number;
  readonly megabytes: number;
}

async function measure(clip: string, input: string, output: string, at: number): Promise<Measured> {
  const script = fileURLToPath(new URL("./long-clips/write.ts", import.meta.url));
  const begun = performance.now();
  const child = spawn(process.execPath, [...process.execArgv, script, input, output, `${at}`], {
    stdio: ["ignore", "pipe", "inherit"],
  });
  let said = "";
  child.stdout.on("data", (text: Buffer) => {
    said += text.toString();
  });
  const code = await new Promise((resolve) => child.once("close", resolve));
  if (code !== 0) throw new Error(`Writing ${clip} ended with ${String(code)}.`);
  const seconds = (performance.now() - begun) / 1000;
  const { size: bytes } = await stat(output);
  await rm(output);
  return { clip, bytes, seconds, ...(JSON.parse(said) as { cpuSeconds: number; megabytes: number }) };
}

const folder = await mkdtemp(join(tmpdir(), "foley-bench-"));
try {
  const short = join(folder, "short.mp4");
  const tone = new Float32Array(SHORT * RATE).map((_, i) => 0.3 * Math.sin(i * 0.05));
  const input = { frames: frames(), width: WIDTH, height: HEIGHT, fps: FPS, audio: { sampleRate: RATE, channels: [tone, tone] } };
  await encodeVideo(input, short, { bitrate: Number(values.megabits) * 1e6 });
  const measured: Measured[] = [];
  for (const [clip, seconds] of Object.entries(CLIPS)) {
    const long = join(folder, "long.mp4");
    await repeatClip(short, long, { seconds: SHORT, times: seconds / SHORT });
    measured.push(await measure(clip, long, join(folder, "out.mp4"), Math.floor(seconds / 2 / SHORT) * SHORT));
    await rm(long);
  }
  if (values.json) console.log(JSON.stringify(measured));
  else {
    const first = measured[0] as Measured;
    console.log("clip      written    seconds      CPU     memory    beyond 4 s: seconds      CPU     memory");
    for (const { clip, bytes, seconds, cpuSeconds, megabytes } of measured) {
      const cells = [
        `${(bytes / 1e6).toFixed(0)} MB`.padStart(9),
        seconds.toFixed(1).padStart(10),
        cpuSeconds.toFixed(1).padStart(8),
      ];
      const more = [seconds - first.seconds, cpuSeconds - first.cpuSeconds].map((value) => value.toFixed(1));
      console.log(
        `${clip.padEnd(8)}${cells.join(" ")} ${`${megabytes.toFixed(0)} MB`.padStart(10)} ${more[0]?.padStart(22)} ${more[1]?.padStart(8)} ${`${(megabytes - first.megabytes).toFixed(0)} MB`.padStart(10)}`,
      );
    }
  }
} finally {
  await rm(folder, { recursive: true, force: true });
}
