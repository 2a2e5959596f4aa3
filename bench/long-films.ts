/**
 * Sound by the embedded model for films of a minute and of many, mixed with what they have, each by a process of its own: memory, and
 * processor time against that of the same windows made singly. `--minutes 10,120 --steps 24 --singles 5 --sampled 60 --json`: films of so many minutes
 * besides that of one, of which so many windows are sampled at most. A scene of as many pixels as 360p, again and again.
 */
import { spawn } from "node:child_process";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { parseArgs } from "node:util";
import { renderScene } from "@foley-control/scenes";
import { writeScene } from "@foley-control/scenes/node";
import { repeatClip } from "./long-clips/repeat.js";
import { watchTree } from "./shared/tree-memory.js";
import type { Usage } from "./shared/usage.js";

const { values } = parseArgs({
  options: {
    minutes: { type: "string", default: "10,120" },
    steps: { type: "string", default: "24" },
    singles: { type: "string", default: "5" },
    sampled: { type: "string", default: "60" },
    json: { type: "boolean" },
  },
});
const SCENE = { seconds: 8, imageSize: 480, frameRate: 30 } as const;

interface Made extends Pick<Usage, "megabytes"> {
  readonly minutes: number;
  /** MB that its processes had at one time; `megabytes` is the sum of what each had at its own time. */
  readonly together: number | undefined;
  /** Seconds of processor time for making all windows, and for writing the film. */
  readonly making: number;
  readonly saving: number;
  readonly windows: number;
  /** Windows that were found finished, because enough were sampled. */
  readonly found: number;
  /** The same of windows that were made singly. */
  readonly single: readonly number[];
}

async function make(film: string, out: string, minutes: number): Promise<Made> {
  const script = fileURLToPath(new URL("./long-films/make.ts", import.meta.url));
  const child = spawn(process.execPath, [...process.execArgv, script, film, out, values.steps, values.singles, values.sampled], {
    stdio: ["ignore", "pipe", "inherit"],
  });
  const most = watchTree(child.pid as number);
  let said = "";
  child.stdout.on("data", (text: Buffer) => {
    said += text.toString();
  });
  const code = await new Promise((resolve) => child.once("close", resolve));
  const together = most();
  if (code !== 0) throw new Error(`The film of ${minutes} minutes ended with ${String(code)}.`);
  return { ...(JSON.parse(said) as Omit<Made, "minutes" | "together">), minutes, together };
}

const HEADER =
  "film      windows     making   a window singly   ratio     saving   memory at one time   beyond 1 min   sum of peaks";

function rowOf({ minutes, windows, found, making, single, saving, megabytes, together = megabytes }: Made, first: Made): string {
  const alone = [...single].sort((a, b) => a - b)[Math.floor(single.length / 2)] ?? Number.NaN;
  const beyond = together - (first.together ?? first.megabytes);
  return [
    `${minutes} min`.padEnd(9),
    `${windows}`.padStart(7),
    `${making.toFixed(0)} s`.padStart(10),
    `${alone.toFixed(2)} s`.padStart(17),
    // Where not all were sampled there is nothing to compare.
    (found > 0 ? `${windows - found} made` : (making / windows / alone).toFixed(2)).padStart(7),
    `${saving.toFixed(1)} s`.padStart(10),
    `${together.toFixed(0)} MB`.padStart(20),
    `${beyond.toFixed(0)} MB`.padStart(14),
    `${megabytes.toFixed(0)} MB`.padStart(14),
  ].join(" ");
}

const folder = await mkdtemp(join(tmpdir(), "foley-bench-"));
try {
  const scene = join(folder, "scene.mp4");
  await writeScene(renderScene(16, { classes: ["strike"], ...SCENE }), scene);
  const made: Made[] = [];
  if (!values.json) console.log(HEADER);
  for (const minutes of [1, ...values.minutes.split(",").map(Number)]) {
    const film = join(folder, "film.mp4");
    await repeatClip(scene, film, { seconds: SCENE.seconds, times: Math.ceil((minutes * 60) / SCENE.seconds) });
    const one = await make(film, join(folder, "out.mp4"), minutes);
    made.push(one);
    // The last may take an hour: what is known is said.
    if (!values.json) console.log(rowOf(one, made[0] as Made));
  }
  if (values.json) console.log(JSON.stringify(made));
} finally {
  await rm(folder, { recursive: true, force: true });
}
