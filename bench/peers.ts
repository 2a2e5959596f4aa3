/**
 * `npm run bench -- peers FOLDER`: this project beside PyTorch on the same files, machine and threads. Each side is a process of its own; the
 * sides take turns, so that a machine that slows down slows both. Writes releases with weights made by a formula into FOLDER
 * where none are (see shared/release.ts). Prints medians and ratios; peers/README.md tells what is compared.
 *
 *     pip install torch transformers safetensors
 *     npm run bench -- peers /var/tmp/releases --rounds 2
 *     npm run bench -- peers /var/tmp/releases --only synchformer,siglip --threads 1 --rounds 1 --seconds 8
 */
import { spawn } from "node:child_process";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { parseArgs } from "node:util";
import { apart } from "./peers/apart.js";
import { PARTS, type Part, pathOf } from "./peers/parts.js";
import { FROM_SOURCES, median } from "./peers/side.js";

const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: {
    rounds: { type: "string", default: "2" },
    seconds: { type: "string", default: "10" },
    steps: { type: "string", default: "4" },
    only: { type: "string", default: "sound,picture" },
    windows: { type: "string" },
    threads: { type: "string" },
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

interface Row {
  readonly what: string;
  readonly unit: string;
  readonly ours: number;
  readonly peer: number;
  readonly ratio: number;
}

async function compare(name: string, part: Part, path: string): Promise<readonly Row[]> {
  const found: { ours: Measured[]; peer: Measured[] } = { ours: [], peer: [] };
  const scratch = mkdtempSync(join(tmpdir(), "foley-peers-"));
  await part.give?.(path, scratch);
  const [said, alsoSaid] = [join(scratch, "ours"), join(scratch, "peer")];
  const count =
    part.windows && (values.windows ?? String(Math.floor(Number(values.seconds) * part.windows.rate) - part.windows.less));
  const options = [
    ...part.options.flatMap((option) => [`--${option}`, values[option]]),
    ...(part.give ? ["--given", scratch] : []),
    ...(count === undefined ? [] : ["--windows", count]),
    ...(values.threads === undefined ? [] : ["--threads", values.threads]),
  ];
  const run = (command: string, args: readonly string[], [script = "", ...first]: readonly string[], out: string) =>
    measure(command, [...args, here(script), ...first, path, ...options, ...(part.compared !== undefined ? ["--out", out] : [])]);
  try {
    for (let round = 0; round < Number(values.rounds); round++) {
      console.error(`${name}: round ${round + 1} of ${values.rounds}`);
      found.ours.push(await run(process.execPath, FROM_SOURCES, part.ours, said));
      found.peer.push(await run(values.python, [], part.peer, alsoSaid));
      if (part.compared === undefined) continue;
      const distance = apart(said, alsoSaid);
      console.error(`${name}: what both computed is ${distance.toExponential(1)} apart`);
      if (!(distance <= part.compared)) throw new Error("The sides do not compute the same numbers; nothing was measured.");
    }
  } finally {
    rmSync(scratch, { recursive: true, force: true });
  }
  return part.quantities.map(([what, key, unit]) => {
    const of = (side: readonly Measured[]) => median(side.flatMap((one) => one[key] as number | readonly number[]));
    const [ours, peer] = [of(found.ours), of(found.peer)];
    return { what: `${name}: ${what}`, unit, ours, peer, ratio: ours / peer };
  });
}

const asked = values.only.split(",");
const unknown = asked.filter((name) => !(name in PARTS));
if (unknown.length > 0) throw new Error(`--only has "${unknown.join(",")}"; parts are ${Object.keys(PARTS).join(", ")}.`);
const rows: Row[] = [];
for (const [name, part] of Object.entries<Part>(PARTS)) {
  if (!asked.includes(name)) continue;
  await part.ensure(join(folder, part.release));
  const path = pathOf(part, folder);
  if (name === "sound" && values.golden !== undefined) {
    const checked = await measure(values.python, [here("peer.py"), "check", path, "--golden", values.golden]);
    console.error(`the peer against the golden cases: ${JSON.stringify(checked)}`);
    if (checked["equal"] !== true) throw new Error("The peer does not compute the reference's numbers; nothing was measured.");
  }
  rows.push(...(await compare(name, part, path)));
}
if (values.json) console.log(JSON.stringify(rows, null, 2));
else {
  const number = (value: number, unit: string) => `${value.toFixed(unit === "MB" ? 0 : 2)} ${unit}`.padStart(11);
  console.log(`${"".padEnd(42)}${"here".padStart(11)}${"PyTorch".padStart(11)}${"ratio".padStart(8)}`);
  for (const { what, unit, ours, peer, ratio } of rows)
    console.log(`${what.padEnd(42)}${number(ours, unit)}${number(peer, unit)}${ratio.toFixed(2).padStart(8)}`);
}
