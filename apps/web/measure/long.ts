/**
 * Memory while a clip of ten minutes gets sound in the built studio: the memory of all processes of the browser, as the take grows. What is there at the
 * first finished window is the base; the sound itself is 58 MB, so one that is held whole shows.
 *
 *     npm run studio:measure -- long [--minutes 10] [--steps 2]
 *
 * `CHROMIUM` names the browser. Few steps, because they do not change what is held. One line a finished minute; the exit code is 1 when it grows by more
 * than its limit.
 */
import { mkdtemp, readdir, readFile, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { parseArgs } from "node:util";
import { renderScene, writeScene } from "@foley-control/scenes/node";
import { repeatClip } from "../../../bench/long-clips/repeat.js";
import { serveStudio } from "../../cli/src/studio/server.js";
import { chromiumKind } from "../journeys/stage/chromium.js";

const { values } = parseArgs({
  options: { minutes: { type: "string", default: "10" }, steps: { type: "string", default: "2" } },
});
/** Most that memory may grow from the first window to the last, MB. */
const LIMIT = 50;
/** A take may wait for others on the machine. */
const PATIENT = { timeout: 4 * 60 * 60 * 1000 };

/** Memory of the processes whose command line names the folder, MB; what they share counts once. */
async function memoryOf(profile: string): Promise<number> {
  let sum = 0;
  for (const process of (await readdir("/proc")).filter((name) => /^\d+$/.test(name)))
    try {
      const words = (await readFile(`/proc/${process}/cmdline`, "utf8")).replaceAll("\0", " ");
      if (!words.includes(profile)) continue;
      const share = /^Pss:\s+(\d+) kB/m.exec(await readFile(`/proc/${process}/smaps_rollup`, "utf8"))?.[1];
      sum += Number(share ?? 0) / 1000;
    } catch {
      // It has ended meanwhile.
    }
  return sum;
}

const folder = await mkdtemp(join(tmpdir(), "foley-measure-"));
const profile = join(folder, "profile");
const minutes = Number(values.minutes);
const server = await serveStudio({ site: fileURLToPath(new URL("../dist", import.meta.url)) });
const browser = await chromiumKind(process.env["CHROMIUM"] ?? "/usr/bin/chromium").start(profile);
try {
  const short = join(folder, "short.mp4");
  await writeScene(renderScene(1_000_000_123, { classes: ["bounce"], audio: true }), short, {});
  const long = join(folder, "long.mp4");
  await repeatClip(short, long, { seconds: 4, times: 15 * minutes });
  const page = await browser.newPage({ news: { request: () => undefined, error: (message) => console.error(message) } });
  await page.goto(server.origin);
  await page.drop([long]);
  const sound = page.getByRole("region", { name: "Sound" });
  await sound.getByRole("group").nth(0).click();
  const steps = page.getByRole("spinbutton", { name: "Steps: more are finer and slower" });
  await steps.waitFor(PATIENT);
  await steps.fill(values.steps);
  await steps.press("Enter");
  await page.getByRole("button", { name: "Generate" }).click();
  const takes = page.getByRole("region", { name: "Takes" });
  await takes.waitFor(PATIENT);
  const figures: number[] = [];
  const begun = performance.now();
  for (let minute = 0; minute < minutes; minute++) {
    await takes.says(new RegExp(`(^|\\D)(${minute}:[1-5]\\d|${minute + 1}:\\d\\d) of `), PATIENT);
    figures.push(await memoryOf(profile));
    const elapsed = ((performance.now() - begun) / 60_000).toFixed(1);
    console.log(`  in minute ${minute + 1} of ${minutes}: ${figures.at(-1)?.toFixed(0)} MB, after ${elapsed} min`);
  }
  await page.getByRole("button", { name: "Take 1" }).waitFor(PATIENT);
  figures.push(await memoryOf(profile));
  const grown = Math.max(...figures) - (figures[0] as number);
  const right = grown <= LIMIT;
  console.log(`${right ? "  " : "✗ "}memory, most more than at the first window: ${grown.toFixed(0)} MB (at most ${LIMIT})`);
  process.exitCode = right ? 0 : 1;
} finally {
  await browser.close();
  await server.stop();
  await rm(folder, { recursive: true, force: true });
}
