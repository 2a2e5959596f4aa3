/**
 * What it costs that media are read in a process of their own: `foley generate` and `foley dataset prepare` on the same clips, in turn with and
 * without it. A quiet machine is needed: differences are some percent. `--rounds 7 --json`
 */
import { spawn } from "node:child_process";
import { mkdir, mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { parseArgs } from "node:util";
import { createRandom } from "@foley-control/core";
import { encodeVideo } from "@foley-control/media/node";

const { values } = parseArgs({ options: { rounds: { type: "string", default: "7" }, json: { type: "boolean" } } });
const rounds = Number(values.rounds);
const [CLIPS, SECONDS, FPS, WIDTH, HEIGHT, RATE] = [8, 4, 30, 640, 360, 48_000];
/** The most that is allowed, as a share. */
const ALLOWED = { generate: 0.05, "dataset prepare": 0.1 } as const;

/** A pattern that moves, another for every clip. */
function* frames(clip: number): Generator<Uint8Array> {
  const random = createRandom(clip, "isolation");
  for (let frame = 0; frame < SECONDS * FPS; frame++) {
    const rgb = new Uint8Array(WIDTH * HEIGHT * 3);
    for (let i = 0; i < rgb.length; i++) rgb[i] = ((i * (7 + clip)) >> 4) + frame * 5 + random.integer(0, 16);
    yield rgb;
  }
}

/** Wall seconds of one command. */
async function run(words: readonly string[], apart: boolean): Promise<number> {
  const cli = fileURLToPath(new URL("../apps/cli/src/main.ts", import.meta.url));
  const preload = apart ? [] : ["--import", new URL("./isolation/no-processes.mjs", import.meta.url).href];
  const begun = performance.now();
  const child = spawn(process.execPath, [...preload, ...process.execArgv, cli, ...words], {
    stdio: ["ignore", "ignore", "pipe"],
  });
  let said = "";
  child.stderr.on("data", (text: Buffer) => {
    said += text.toString();
  });
  const code = await new Promise((resolve) => child.once("close", resolve));
  if (code !== 0) throw new Error(`foley ${words.join(" ")} ended with ${String(code)}: ${said.slice(-500)}`);
  return (performance.now() - begun) / 1000;
}

const middle = (values: readonly number[]): number => [...values].sort((a, b) => a - b)[Math.floor(values.length / 2)] as number;

const folder = await mkdtemp(join(tmpdir(), "foley-bench-"));
try {
  const videos = join(folder, "videos");
  await mkdir(videos);
  for (let clip = 0; clip < CLIPS; clip++) {
    const tone = new Float32Array(SECONDS * RATE).map((_, i) => 0.3 * Math.sin(i * 0.05 * (clip + 1)));
    const input = { frames: frames(clip), width: WIDTH, height: HEIGHT, fps: FPS, audio: { sampleRate: RATE, channels: [tone] } };
    await encodeVideo(input, join(videos, `${clip}.mp4`));
  }
  let made = 0;
  const commands = {
    generate: () => ["generate", join(videos, "0.mp4"), "a hammer hits metal", "--quiet", "-o", join(folder, `${made++}.mp4`)],
    "dataset prepare": () => [
      "dataset",
      "prepare",
      videos,
      "-o",
      join(folder, `${made++}`),
      "--text",
      "a hammer",
      "--all",
      "--quiet",
    ],
  } as const satisfies Record<keyof typeof ALLOWED, () => string[]>;
  const report: Record<
    string,
    { readonly apart: number; readonly inside: number; readonly ratio: number; readonly allowed: number }
  > = {};
  for (const [name, words] of Object.entries(commands)) {
    // The first of each fills caches and counts for nothing; which of the two is first changes.
    const times = { apart: [] as number[], inside: [] as number[] };
    for (let round = 0; round <= rounds; round++) {
      for (const apart of round % 2 === 0 ? [true, false] : [false, true]) {
        const seconds = await run(words(), apart);
        if (round > 0) times[apart ? "apart" : "inside"].push(seconds);
      }
    }
    const [apart, inside] = [middle(times.apart), middle(times.inside)];
    const allowed = ALLOWED[name as keyof typeof ALLOWED];
    report[name] = { apart, inside, ratio: apart / inside - 1, allowed };
    if (values.json) continue;
    const percent = (share: number) => `${(100 * share).toFixed(1)} %`;
    console.log(
      `${name.padEnd(16)} ${inside.toFixed(2)} s in the program, ${apart.toFixed(2)} s apart: ${percent(apart / inside - 1)} more, ${percent(allowed)} allowed`,
    );
  }
  if (values.json) console.log(JSON.stringify(report));
  if (Object.values(report).some(({ ratio, allowed }) => ratio > allowed)) process.exitCode = 1;
} finally {
  await rm(folder, { recursive: true, force: true });
}
