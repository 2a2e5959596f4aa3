/**
 * What the built studio takes before any sound is made: until it can be used, from a dropped video to its first picture, until the engine is ready when
 * its files are kept, and the memory of a clip of 4 GB.
 *
 *     npm run studio:measure -- page
 *
 * `CHROMIUM` names the browser. One line per figure; the exit code is 1 when one is above its limit.
 */
import { copyFile, mkdtemp, open, rm, stat, truncate } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { serveStudio } from "../../cli/src/studio/server.js";
import { chromiumKind } from "../journeys/stage/chromium.js";
import { makeClips } from "../journeys/stage/clips.js";
import { type StudioPage, until } from "../journeys/stage/page.js";

/** Milliseconds since the page began, by what happened. */
type Marks = Readonly<Partial<Record<"usable" | "dropped" | "picture" | "starting" | "ready", number>>>;

/** Runs in the page: notes when what is measured happens first. */
const watch = (): void => {
  const marks: Record<string, number> = {};
  (globalThis as unknown as { marks: typeof marks }).marks = marks;
  const note = (name: string): void => {
    marks[name] ??= performance.now();
  };
  new MutationObserver(() => {
    if (document.querySelector("button[data-main]")) note("usable");
    const status = document.querySelector("footer")?.textContent ?? "";
    if (/Starting|Preparing/.test(status)) note("starting");
    if (/Ready:/.test(status)) note("ready");
  }).observe(document, { subtree: true, childList: true, characterData: true });
  addEventListener("drop", () => note("dropped"), { capture: true });
  const context = ImageBitmapRenderingContext.prototype;
  const transfer = context.transferFromImageBitmap;
  context.transferFromImageBitmap = function (bitmap) {
    transfer.call(this, bitmap);
    note("picture");
  };
};

const marksOf = (page: StudioPage): Promise<Marks> =>
  page.evaluate(() => (globalThis as unknown as { readonly marks: Marks }).marks, undefined);

/** Bytes of the heaps of the page and its workers, when the browser has counted them. */
const heap = (page: StudioPage): Promise<number> =>
  page.evaluate(async () => {
    const counter = performance as unknown as { measureUserAgentSpecificMemory(): Promise<{ readonly bytes: number }> };
    return (await counter.measureUserAgentSpecificMemory()).bytes;
  }, undefined);

/** The clip with a box of nothing behind it, which takes no room on the disk. */
async function large(clip: string, target: string, bytes: number): Promise<string> {
  await copyFile(clip, target);
  const { size } = await stat(target);
  const header = Buffer.alloc(16);
  header.writeUInt32BE(1, 0);
  header.write("free", 4, "latin1");
  header.writeBigUInt64BE(BigInt(bytes - size), 8);
  const file = await open(target, "r+");
  await file.write(header, 0, 16, size);
  await file.close();
  await truncate(target, bytes);
  return target;
}

let wrong = 0;
const tell = (what: string, value: number, limit: number, unit: string): void => {
  if (value > limit) wrong += 1;
  console.log(`${value <= limit ? "  " : "✗ "}${what}: ${value.toFixed(2)} ${unit} (at most ${limit})`);
};

const folder = await mkdtemp(join(tmpdir(), "foley-measure-"));
const clips = await makeClips();
const server = await serveStudio({ site: fileURLToPath(new URL("../dist", import.meta.url)) });
const browser = await chromiumKind(process.env["CHROMIUM"] ?? "/usr/bin/chromium").start(join(folder, "profile"));
try {
  const clip = await clips.get("bounce");
  const news = { request: () => undefined, error: (message: string) => console.error(message) };
  const page = await browser.newPage({ news, before: watch });
  const arrive = async (): Promise<number> => {
    await page.goto("about:blank");
    await page.goto(server.origin);
    return until(async () => (await marksOf(page)).usable, "a page that can be used");
  };
  tell("usable, first visit", (await arrive()) / 1000, 1.5, "s");
  await page.getByRole("main").says(/works offline ✓/, { timeout: 120_000 });
  tell("usable, kept", (await arrive()) / 1000, 1.5, "s");
  const before = await heap(page);
  await page.drop([clip]);
  const seen = await until(async () => ((await marksOf(page)).picture === undefined ? undefined : marksOf(page)), "a picture");
  tell("drop → first picture", ((seen.picture ?? 0) - (seen.dropped ?? 0)) / 1000, 1, "s");
  const up = await until(
    async () => ((await marksOf(page)).ready === undefined ? undefined : marksOf(page)),
    "the engine",
    120_000,
  );
  tell("engine, its files kept", ((up.ready ?? 0) - (up.starting ?? 0)) / 1000, 5, "s");
  const small = (await heap(page)) - before;
  await arrive();
  const empty = await heap(page);
  await page.drop([await large(clip, join(folder, "large.mp4"), 4 * 2 ** 30)]);
  await until(async () => (await marksOf(page)).picture, "a picture of 4 GB");
  await until(async () => (await marksOf(page)).ready, "the engine", 120_000);
  const grown = (await heap(page)) - empty;
  console.log(
    `  heaps, a clip of ${((await stat(clip)).size / 1e6).toFixed(2)} MB with the engine: ${(small / 1e6).toFixed(0)} MB more`,
  );
  tell("heaps, the same clip as a file of 4 GB: more than with the small one", Math.max(0, grown - small) / 1e6, 150, "MB");
} finally {
  await browser.close();
  await server.stop();
  await clips.remove();
  await rm(folder, { recursive: true, force: true });
}
process.exitCode = wrong > 0 ? 1 : 0;
