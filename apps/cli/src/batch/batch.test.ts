/** What is said before anything is made. */
import { existsSync } from "node:fs";
import { mkdir, mkdtemp, readdir, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { withFolderLock } from "@foley-control/files/node";
import { afterAll, beforeAll, expect, it } from "vitest";
import { ran } from "../testing.js";

let folder: string;
let list: string;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "foley-batch-"));
  list = join(folder, "list.csv");
  await writeFile(list, "clip,prompt\nnone.mp4,rain\ngone/none.mp4,=wind\n");
});
afterAll(() => rm(folder, { recursive: true, force: true }));

it("a second run on an output folder is refused, and touches nothing", async () => {
  const out = join(folder, "locked");
  await withFolderLock(out, async () => {
    const { code, err } = await ran(["batch", list, "--output-dir", out]);
    expect([code, err]).toEqual([
      1,
      expect.stringMatching(/is being written by another batch \(process \d+ on .*Wait until it ends/),
    ]);
    expect(await readdir(out)).toEqual([".lock"]);
  });
});

it("mistakes in the call and in the columns make no folder", async () => {
  const out = join(folder, "never");
  const wrong = join(folder, "wrong.csv");
  await writeFile(wrong, "clip,promt\na.mp4,rain\n");
  const cases: [readonly string[], number, RegExp][] = [
    [[list], 2, /--output-dir/],
    [[list, "--output-dir", out, "--jobs", "0"], 2, /whole number from 1 to 64/],
    [[list, "--output-dir", out, "--sampler", "euler-ish"], 2, /--sampler is "euler-ish"/],
    [[wrong, "--output-dir", out], 1, /names the column "promt", which is not known/],
    [[join(folder, "nowhere"), "--output-dir", out], 1, /does not exist/],
    [[folder, "--output-dir", out], 1, /holds no videos/],
  ];
  for (const [argv, code, message] of cases) {
    const result = await ran(["batch", ...argv]);
    expect([result.code, result.err]).toEqual([code, expect.stringMatching(message)]);
  }
  expect(existsSync(out)).toBe(false);
});

it("clips that are not there are rows of the report, and the exit code is 1", async () => {
  const out = join(folder, "made");
  const { code, out: said, err } = await ran(["batch", list, "--output-dir", out, "--json", "--quiet", "--takes", "2"]);
  expect([code, err]).toEqual([1, expect.stringMatching(/4 of 4 files got no sound: .*lines above and .*report\.html say why/)]);
  const events = said
    .trimEnd()
    .split("\n")
    .map((line) => JSON.parse(line) as { event: string });
  expect(events.map(({ event }) => event)).toEqual(["begin", "failed", "failed", "failed", "failed", "end"]);
  expect(events.at(-1)).toMatchObject({ made: 0, kept: 0, failed: 4, left: 0 });
  const table = (await readFile(join(out, "report.csv"), "utf8")).split("\r\n");
  expect(table[0]).toBe("row,clip,take,status,video,audio,prompt,seed,start,duration,seconds,sha256,notes,command");
  expect(table[4]).toContain(`2,${join(folder, "gone", "none.mp4")},2,failed,${join(out, "none-2.foley-2.mp4")},,=wind,1,`);
  const page = await readFile(join(out, "report.html"), "utf8");
  expect(page).toContain("What failed");
  expect(page).not.toContain("<video");
});

it("a report that is somebody else's stays", async () => {
  const out = join(folder, "foreign");
  await mkdir(out);
  await writeFile(join(out, "report.csv"), "mine");
  const { code, err } = await ran(["batch", list, "--output-dir", out]);
  expect([code, err]).toEqual([1, expect.stringMatching(/report\.csv" is there already, and was not written by a batch/)]);
  expect(await readFile(join(out, "report.csv"), "utf8")).toBe("mine");
});
