/**
 * `npm run bench -- peers FOLDER`: this project beside PyTorch on the same files, machine and threads. Each side is a process of its own; the
 * sides take turns, so that a machine that slows down slows both. Writes releases with weights made by a formula into FOLDER
 * where none are (see shared/release.ts). Prints medians and ratios; peers/README.md tells what is compared.
 *
 *     pip install torch transformers safetensors
 *     npm run bench -- peers /var/tmp/releases --rounds 2
 */
import { spawn } from "node:child_process";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { parseArgs } from "node:util";
import { ensureStableAudio, ensureVjepa2 } from "./shared/release.js";
import { ensureStableAudio3 } from "./shared/stable-audio-3.js";

const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: {
    rounds: { type: "string", default: "2" },
    seconds: { type: "string", default: "10" },
    steps: { type: "string", default: "4" },
    only: { type: "string", default: "sound,picture" },
    python: { type: "string", default: "python3" },
    golden: { type: "string" },
    json: { type: "boolean", default: false },
  },
});
const [folder] = positionals;
if (folder === undefined) {
  console.error(
    "Give a folder with 7 GB to spare, or one with releases: npm run bench -- peers FOLDER [--rounds 2] [--only sound]",
  );
  process.exit(2);
}
const here = (name: string) => fileURLToPath(new URL(`peers/${name}`, import.meta.url));
const node = ["--conditions=@foley-control/source", "--import", "tsx"];

/** Seconds (lists where something was done several times) and megabytes. */
type Measured = Readonly<Record<string, unknown>>;

/** Runs one side, and returns the last line that it prints. */
async function measure(command: string, args: readonly string[]): Promise<Measured> {
  const child = spawn(command, args, { stdio: ["ignore", "pipe", "inherit"] });
  let printed = "";
  child.stdout.setEncoding("utf8").on("data", (text: string) => {
    printed += text;
  });
  const code = await new Promise<number | null>((resolve, reject) => child.on("error", reject).on("close", resolve));
  const line = printed.trimEnd().split("\n").at(-1) ?? "";
  if (code !== 0) throw new Error(`${command} ${args.join(" ")} ended with code ${code}.`);
  return JSON.parse(line) as Measured;
}

const median = (numbers: readonly number[]): number => {
  const sorted = [...numbers].sort((a, b) => a - b);
  return sorted[Math.floor(sorted.length / 2)] ?? Number.NaN;
};

interface Row {
  readonly what: string;
  readonly unit: string;
  readonly ours: number;
  readonly peer: number;
  readonly ratio: number;
}

/** What is compared of each part: a key of what the sides print. */
const QUANTITIES = {
  sound: [
    ["a guided step of the transformer", "step", "s"],
    ["decoding", "decode", "s"],
    ["until the first step is done", "first", "s"],
    ["memory at most", "peak", "MB"],
  ],
  third: [
    ["a step of the transformer", "step", "s"],
    ["decoding", "decode", "s"],
    ["until the first step is done", "first", "s"],
    ["memory at most", "peak", "MB"],
  ],
  picture: [
    ["a clip of 64 frames", "clip", "s"],
    ["memory at most", "peak", "MB"],
  ],
} as const;

async function compare(part: keyof typeof QUANTITIES, release: string): Promise<readonly Row[]> {
  const options = part === "picture" ? [] : ["--seconds", values.seconds, "--steps", values.steps];
  const peer = part === "third" ? [here("third.py"), "sound"] : [here("peer.py"), part];
  const found: { ours: Measured[]; peer: Measured[] } = { ours: [], peer: [] };
  for (let round = 0; round < Number(values.rounds); round++) {
    console.error(`${part}: round ${round + 1} of ${values.rounds}`);
    found.ours.push(await measure(process.execPath, [...node, here("ours.ts"), part, release, ...options]));
    found.peer.push(await measure(values.python, [...peer, release, ...options]));
  }
  return QUANTITIES[part].map(([what, key, unit]) => {
    const of = (side: readonly Measured[]) => median(side.flatMap((one) => one[key] as number | readonly number[]));
    const [ours, peer] = [of(found.ours), of(found.peer)];
    return { what: `${part}: ${what}`, unit, ours, peer, ratio: ours / peer };
  });
}

const parts = values.only.split(",");
const audio = join(folder, "stable-audio-open-1.0");
const video = join(folder, "vjepa2-vitl-fpc64-256");
const third = join(folder, "stable-audio-3-small-sfx");
const rows: Row[] = [];
if (parts.includes("sound")) {
  await ensureStableAudio(audio);
  if (values.golden !== undefined) {
    const checked = await measure(values.python, [here("peer.py"), "check", audio, "--golden", values.golden]);
    console.error(`the peer against the golden cases: ${JSON.stringify(checked)}`);
    if (checked["equal"] !== true) throw new Error("The peer does not compute the reference's numbers; nothing was measured.");
  }
  rows.push(...(await compare("sound", audio)));
}
if (parts.includes("third")) {
  await ensureStableAudio3(third);
  rows.push(...(await compare("third", third)));
}
if (parts.includes("picture")) {
  await ensureVjepa2(video);
  rows.push(...(await compare("picture", video)));
}
if (values.json) console.log(JSON.stringify(rows, null, 2));
else {
  const number = (value: number, unit: string) => `${value.toFixed(unit === "MB" ? 0 : 2)} ${unit}`.padStart(11);
  console.log(`${"".padEnd(42)}${"here".padStart(11)}${"PyTorch".padStart(11)}${"ratio".padStart(8)}`);
  for (const { what, unit, ours, peer, ratio } of rows)
    console.log(`${what.padEnd(42)}${number(ours, unit)}${number(peer, unit)}${ratio.toFixed(2).padStart(8)}`);
}
