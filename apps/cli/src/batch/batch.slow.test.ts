/** A batch from end to end: stopped and gone on with, several at once, each take alone with the same bytes, a row that changes, what is not ours. */
import { appendFile, copyFile, mkdir, mkdtemp, readdir, readFile, rm, stat, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { basename, join } from "node:path";
import { goldenPath } from "@foley-control/golden/node";
import { afterAll, beforeAll, expect, it } from "vitest";
import { ran, writeQuickMini } from "../testing.js";

let folder: string;
let list: string;
let model: readonly string[];
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "foley-batch-"));
  list = join(folder, "list.csv");
  await writeQuickMini(join(folder, "model"));
  model = ["--model", join(folder, "model"), "--device", "cpu", "--steps", "1", "--quiet"];
  await mkdir(join(folder, "shots/x"), { recursive: true });
  for (const name of ["a.mp4", "x/a.mp4"]) await copyFile(goldenPath("clips/one-frame-20ms.mp4"), join(folder, "shots", name));
  await writeFile(join(folder, "shots/bad.mp4"), (await readFile(join(folder, "shots/a.mp4"))).subarray(0, 200));
});
afterAll(() => rm(folder, { recursive: true, force: true }));

interface Line {
  readonly status: string;
  readonly video: string | null;
  readonly sha256: Readonly<Record<string, string>> | null;
  readonly command: string;
}
const report = async (out: string) =>
  (JSON.parse(await readFile(join(out, "report.json"), "utf8")) as { readonly takes: readonly Line[] }).takes;
const statuses = async (out: string) => (await report(out)).map(({ status }) => status);
/** What a shell makes of a line. */
const words = (line: string): readonly string[] =>
  [...line.matchAll(/'([^']*)'|(\S+)/g)].map((match) => match[1] ?? (match[2] as string));

it("goes on where it was stopped, makes what changed, and nothing else", async () => {
  const out = join(folder, "made");
  const rows = ["clip,prompt,seed", "shots/a.mp4,rain,3", "shots/bad.mp4,rain,3", 'shots/x/a.mp4,"rain, heavy",4'];
  await writeFile(list, rows.join("\r\n"));
  const argv = ["batch", list, "--output-dir", out, ...model];
  const controller = new AbortController();
  const stopped = await ran(argv, { signal: controller.signal, out: () => controller.abort(new Error("interrupted")) });
  expect([stopped.code, stopped.err]).toEqual([130, expect.stringMatching(/goes on where this one was stopped.*\nInterrupted/)]);
  expect(await statuses(out)).toEqual(["made", "left", "left"]);

  const second = await ran([...argv, "--jobs", "2"]);
  expect([second.code, second.out]).toEqual([1, `${join(out, "a-2.foley.mp4")}\n`]);
  expect(second.err).toMatch(/bad\.mp4" has no index/);
  const takes = await report(out);
  expect(takes.map(({ status }) => status)).toEqual(["kept", "failed", "made"]);
  expect((await readdir(out)).sort()).toEqual(
    ["a-2.foley.mp4", "a.foley.mp4", "batch.jsonl", "report.csv", "report.html", "report.json"].sort(),
  );

  // Alone, the same bytes.
  const [foley, ...command] = words(takes[2]?.command as string);
  const alone = join(folder, "alone.mp4");
  expect([foley, (await ran([...command.slice(0, -1), alone, "--quiet"])).code]).toEqual(["foley", 0]);
  const bytes = await readFile(join(out, "a-2.foley.mp4"));
  expect(Buffer.compare(await readFile(alone), bytes)).toBe(0);
  expect(Object.keys(takes[2]?.sha256 ?? {})).toEqual(["a-2.foley.mp4"]);

  // A row that changes is made again; what was added behind it changes no name; what is there and not ours stays.
  await writeFile(join(out, "a-3.foley.mp4"), "mine");
  await writeFile(list, [...rows.slice(0, 3), "shots/x/a.mp4,rain,4", "shots/a.mp4,wind,1"].join("\n"));
  const { mtimeMs } = await stat(join(out, "a.foley.mp4"));
  const third = await ran(argv);
  expect([third.code, await statuses(out)]).toEqual([1, ["kept", "failed", "made", "failed"]]);
  expect(third.err).toMatch(/a-3\.foley\.mp4" is there already, and no batch has written it/);
  expect(Buffer.compare(await readFile(join(out, "a-2.foley.mp4")), bytes)).not.toBe(0);
  expect((await stat(join(out, "a.foley.mp4"))).mtimeMs).toBe(mtimeMs);
  expect(await readFile(join(out, "a-3.foley.mp4"), "utf8")).toBe("mine");
});

it("takes of a folder, as sound; a file that somebody changed is made again with the same bytes", {
  timeout: 120_000,
}, async () => {
  const out = join(folder, "takes");
  await writeFile(join(folder, "shots/x/a.txt"), "a ball\n");
  const argv = [
    "batch",
    join(folder, "shots/x"),
    "--prompt",
    "wind",
    "--output-dir",
    out,
    "--takes",
    "2",
    "--write",
    "sound",
    "--jobs",
    "2",
  ];
  expect((await ran([...argv, ...model])).code).toBe(0);
  const takes = await report(out);
  expect(takes.map(({ command }) => /--prompt 'a ball'.* --seed (\d)/.exec(command)?.[1])).toEqual(["0", "1"]);
  const paths = ["a.foley-1.wav", "a.foley-2.wav"].map((name) => join(out, name)) as [string, string];
  const before = await Promise.all(paths.map((path) => readFile(path)));
  expect(Buffer.compare(before[0] as Buffer, before[1] as Buffer)).not.toBe(0);
  await appendFile(paths[1], "x");
  const again = await ran([...argv, ...model]);
  expect([
    again.code,
    again.out
      .trim()
      .split("\n")
      .map((path) => basename(path)),
  ]).toEqual([0, ["a.foley-2.wav"]]);
  expect(Buffer.compare(await readFile(paths[1]), before[1] as Buffer)).toBe(0);
  expect(await readFile(join(out, "report.html"), "utf8")).toContain('<audio controls preload="metadata" src="a.foley-1.wav"');
});
