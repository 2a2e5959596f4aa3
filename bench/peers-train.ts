/**
 * `npm run bench -- peers-train`: a training step of the small model's bridge here and in PyTorch, on the same weights, batch, machine and threads.
 * Loss and gradients are compared first. Both sides stay alive and take turns step by step, so that whatever else the machine does
 * slows both; the fastest step and the median of each are printed, and the most memory each process held.
 *
 *     pip install torch safetensors
 *     npm run bench -- peers-train --steps 15 --batch 32
 */
import { mkdtemp, rm } from "node:fs/promises";
import { availableParallelism, tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { parseArgs } from "node:util";
import { FROM_SOURCES, median, side } from "./peers/side.js";

const { values } = parseArgs({
  options: {
    steps: { type: "string", default: "15" },
    batch: { type: "string", default: "32" },
    threads: { type: "string", default: String(availableParallelism()) },
    python: { type: "string", default: "python3" },
  },
});
const here = (name: string) => fileURLToPath(new URL(`peers/${name}`, import.meta.url));

/** Largest relative error of loss and gradients at which both sides compute the same. */
const EQUAL = 1e-4;

type Line = Readonly<Record<string, number>>;

const folder = await mkdtemp(join(tmpdir(), "foley-peers-"));
try {
  const args = [here("train-ours.ts"), folder, values.threads, values.batch];
  const writer = side<Line>(process.execPath, [...FROM_SOURCES, ...args, "write"]);
  await writer.next();
  writer.end();
  const peer = side<Line>(values.python, [here("train.py"), folder, values.threads]);
  const checked = await peer.next();
  console.log(`loss and gradients: largest relative difference ${checked["error"]?.toExponential(1)} (${checked["worst"]})`);
  if (!((checked["error"] ?? 1) <= EQUAL)) throw new Error("The peer does not compute the same; nothing was measured.");
  const ours = side<Line>(process.execPath, [...FROM_SOURCES, ...args]);
  await ours.next();
  const times: { readonly ours: Line[]; readonly peer: Line[] } = { ours: [], peer: [] };
  for (let step = 0; step < Number(values.steps) + 2; step++) {
    const [a, b] = [await ours.ask("step"), await peer.ask("step")];
    if (step < 2) continue;
    times.ours.push(a);
    times.peer.push(b);
  }
  ours.end();
  peer.end();
  const least =
    (key: string) =>
    (side: readonly Line[]): number =>
      Math.min(...side.map((line) => line[key] ?? Number.NaN));
  const middle = (lines: readonly Line[]) => median(lines.map(({ seconds = Number.NaN }) => seconds));
  const peak = (side: readonly Line[]) => Math.max(...side.map(({ peak: megabytes = Number.NaN }) => megabytes));
  console.log(`${"".padEnd(28)}${"here".padStart(10)}${"PyTorch".padStart(10)}${"ratio".padStart(8)}`);
  for (const [what, of, unit] of [
    ["a step, the fastest", least("seconds"), "s"],
    ["a step, the median", middle, "s"],
    // What others do on the machine is not in it; with several threads, waiting is.
    ["processor time, the least", least("busy"), "s"],
    ["memory at most", peak, "MB"],
  ] as const) {
    const [a, b] = [of(times.ours), of(times.peer)];
    const text = (value: number) => `${value.toFixed(unit === "MB" ? 0 : 3)} ${unit}`.padStart(10);
    console.log(`${what.padEnd(28)}${text(a)}${text(b)}${(a / b).toFixed(2).padStart(8)}`);
  }
} finally {
  await rm(folder, { recursive: true, force: true });
}
