/**
 * `npm run bench -- peers-metrics`: a 10 s sound through all networks that hear at their real sizes, here and in PyTorch: mixed, centred, resampled,
 * its spectra taken, embedded. The numbers are compared first. Both sides stay alive and take turns, so that whatever else the machine
 * does slows both; the fastest and the median of each are printed.
 *
 *     pip install torch safetensors numpy
 *     npm run bench -- peers-metrics --rounds 9
 */
import { mkdtemp, rm } from "node:fs/promises";
import { availableParallelism, tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { parseArgs } from "node:util";
import { FROM_SOURCES, median, side } from "./peers/side.js";

const { values } = parseArgs({
  options: {
    rounds: { type: "string", default: "9" },
    threads: { type: "string", default: String(availableParallelism()) },
    python: { type: "string", default: "python3" },
  },
});
const here = (name: string) => fileURLToPath(new URL(`peers/${name}`, import.meta.url));

/** Largest ‖ours − theirs‖ / ‖theirs‖ at which both sides compute the same. */
const EQUAL = 1e-3;

interface Answer {
  readonly seconds: number;
  readonly peak: number;
  readonly found: readonly number[];
}

function difference(ours: readonly number[], theirs: readonly number[]): number {
  if (ours.length !== theirs.length) return Number.POSITIVE_INFINITY;
  const norm = (x: readonly number[]) => Math.sqrt(x.reduce((sum, value) => sum + value * value, 0));
  return norm(ours.map((x, i) => x - (theirs[i] as number))) / norm(theirs);
}

const folder = await mkdtemp(join(tmpdir(), "foley-peers-"));
try {
  const args = [folder, values.threads];
  const writer = side<{ readonly networks: readonly string[] }>(process.execPath, [
    ...FROM_SOURCES,
    here("metrics-ours.ts"),
    ...args,
    "write",
  ]);
  const { networks } = await writer.next();
  writer.end();
  const ours = side<Answer>(process.execPath, [...FROM_SOURCES, here("metrics-ours.ts"), ...args]);
  const peer = side<Answer>(values.python, [here("metrics.py"), ...args]);
  const row = (cells: readonly string[]) =>
    console.log(cells.map((cell, i) => (i ? cell.padStart(10) : cell.padEnd(12))).join(""));
  row(["10 s", "here", "PyTorch", "ratio", "fastest", "apart"]);
  const sums = { ours: 0, peer: 0 };
  let peaks = [0, 0];
  for (const network of networks) {
    const apart = difference((await ours.ask(network)).found, (await peer.ask(network)).found);
    if (!(apart <= EQUAL)) throw new Error(`${network}: both sides are ${apart} apart; nothing was measured.`);
    const times: [number[], number[]] = [[], []];
    for (let round = 0; round < Number(values.rounds); round++) {
      const [a, b] = [await ours.ask(network), await peer.ask(network)];
      times[0].push(a.seconds);
      times[1].push(b.seconds);
      peaks = [a.peak, b.peak];
    }
    const [a, b] = times.map(median) as [number, number];
    const [least, leastOfPeer] = times.map((all) => Math.min(...all)) as [number, number];
    sums.ours += a;
    sums.peer += b;
    row([
      network,
      `${a.toFixed(3)} s`,
      `${b.toFixed(3)} s`,
      (a / b).toFixed(2),
      (least / leastOfPeer).toFixed(2),
      apart.toExponential(0),
    ]);
  }
  row(["all", `${sums.ours.toFixed(3)} s`, `${sums.peer.toFixed(3)} s`, (sums.ours / sums.peer).toFixed(2)]);
  row(["memory", ...peaks.map((peak) => `${peak.toFixed(0)} MB`), ((peaks[0] as number) / (peaks[1] as number)).toFixed(2)]);
  ours.end();
  peer.end();
} finally {
  await rm(folder, { recursive: true, force: true });
}
