/**
 * What a person waits for on the screen: opening and filmstrip of ten minutes, script of the timeline's paints at one hour with 300 events, and picture
 * against sound while it plays.
 *
 *     npm run studio:measure -- screen [--seconds 300] [--only timeline]
 *
 * `CHROMIUM` names the browser. Ends with one line per figure; the exit code is 1 when one is above its limit.
 */
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { parseArgs } from "node:util";
import { encodeVideo } from "@foley-control/media/node";
import { chromium, type Page } from "playwright-core";
import { build } from "vite";
import { repeatClip } from "../../../bench/long-clips/repeat.js";
import { serve } from "../../../scripts/browser/server.js";
import type { MeasuredScreen } from "./screen/main.js";

const { values } = parseArgs({
  options: {
    seconds: { type: "string", default: "30" },
    only: { type: "string", default: "" },
  },
});
const [FPS, RATE] = [30, 48_000];
const folder = await mkdtemp(join(tmpdir(), "foley-measure-"));
const tell = (what: string, value: string, right = true): void => {
  if (!right) process.exitCode = 1;
  console.log(`${right ? "  " : "✗ "}${what}: ${value}`);
};
const wanted = (name: string): boolean => values.only === "" || values.only.split(",").includes(name);
const ms = (value: number): string => `${value.toFixed(value < 100 ? 1 : 0)} ms`;

/** A clip of some seconds whose picture flashes and whose sound clicks at each whole second. */
async function flashing(name: string, seconds: number, size: readonly [number, number]): Promise<string> {
  const [width, height] = size;
  function* frames(): Generator<Uint8Array> {
    for (let i = 0; i < seconds * FPS; i++) {
      // Between flashes something dark moves, so that there is something to decode.
      const rgb = new Uint8Array(width * height * 3).fill(255);
      if (i % FPS >= 3) for (let j = 0; j < rgb.length; j++) rgb[j] = (((j * 7) >> 4) % 61) ^ (i & 31);
      yield rgb;
    }
  }
  const samples = new Float32Array(seconds * RATE);
  for (let k = 0; k < seconds; k++)
    for (let i = 0; i < 2400; i++) samples[k * RATE + i] = 0.7 * Math.sin(i * 0.4 + 1) * Math.exp(-i / 400);
  const path = join(folder, name);
  await encodeVideo({ frames: frames(), width, height, fps: FPS, audio: { sampleRate: RATE, channels: [samples] } }, path);
  return path;
}

/** A clip `times` as long. */
async function longer(path: string, name: string, seconds: number, times: number): Promise<string> {
  const long = join(folder, name);
  await repeatClip(path, long, { seconds, times });
  return long;
}

const ask = <K extends keyof MeasuredScreen>(
  page: Page,
  name: K,
  ...given: Parameters<MeasuredScreen[K]>
): ReturnType<MeasuredScreen[K]> =>
  page.evaluate(
    ([key, all]) =>
      (globalThis as unknown as { measuredScreen: Record<string, (...all: unknown[]) => unknown> }).measuredScreen[key]?.(...all),
    [name as string, given as unknown[]] as const,
  ) as ReturnType<MeasuredScreen[K]>;

async function measureOpening(page: Page): Promise<void> {
  const path = await longer(await flashing("short.mp4", 4, [1280, 720]), "ten-minutes.mp4", 4, 150);
  await page.setInputFiles("#file", path);
  await ask(page, "opening", 2);
  const { info, first, film } = await ask(page, "opening", 26);
  tell("opening ten minutes", ms(info), info <= 1000);
  tell("its first picture", ms(first), first <= 1000);
  tell("its filmstrip of 26 pictures", ms(film), film <= 5000);
}

async function measureTimeline(page: Page): Promise<void> {
  const session = await page.context().newCDPSession(page);
  const times = [...(await ask(page, "timelinePaints", 3600, 300, 480))].sort((a, b) => a - b);
  const at = (share: number): number => times[Math.min(times.length - 1, Math.floor(times.length * share))] as number;
  tell("a paint by the clock, one hour, 300 events", `median ${ms(at(0.5))}, p95 ${ms(at(0.95))}, of ${times.length}`);
  // By the thread's own time, which a machine that does much else at once does not lengthen.
  const spent: number[] = [];
  await session.send(
    "Tracing.start" as never,
    { transferMode: "ReportEvents", traceConfig: { includedCategories: ["devtools.timeline"] } } as never,
  );
  session.on(
    "Tracing.dataCollected" as never,
    (({ value }: { readonly value: readonly TraceEvent[] }) => {
      for (const { name, tdur } of value) if (name === "FireAnimationFrame" && tdur !== undefined) spent.push(tdur / 1000);
    }) as never,
  );
  const ended = new Promise((resolve) => session.once("Tracing.tracingComplete" as never, resolve as never));
  await ask(page, "timelinePaints", 3600, 300, 480);
  await session.send("Tracing.end" as never);
  await ended;
  // Every other animation frame is that of the script that moves the view, and takes next to nothing.
  const paints = spent.sort((a, b) => a - b).slice(-times.length);
  const p95 = paints[Math.floor(paints.length * 0.95)] ?? Number.NaN;
  tell("script of a paint by its thread", `p95 ${ms(p95)}, of ${paints.length}`, p95 <= 8);
}

interface TraceEvent {
  readonly name: string;
  /** Microseconds of the thread. */
  readonly tdur?: number;
}

async function measureSync(page: Page, seconds: number): Promise<void> {
  const short = await flashing("flash.mp4", 10, [320, 180]);
  await page.setInputFiles("#file", await longer(short, "flashes.mp4", 10, Math.ceil(seconds / 10) + 1));
  const { flashes, clicks } = await ask(page, "playing", seconds);
  const offsets = flashes.flatMap((flash) => {
    const click = clicks.reduce(
      (best, one) => (Math.abs(one - flash) < Math.abs(best - flash) ? one : best),
      Number.POSITIVE_INFINITY,
    );
    return Math.abs(click - flash) < 400 ? [{ minute: flash / 60_000, offset: flash - click }] : [];
  });
  const sorted = offsets.map(({ offset }) => offset).sort((a, b) => a - b);
  const middle = sorted[sorted.length >> 1] ?? Number.NaN;
  const p95 =
    offsets.map(({ offset }) => Math.abs(offset)).sort((a, b) => a - b)[Math.floor(offsets.length * 0.95)] ?? Number.NaN;
  // The middle of the first third against that of the last: what else the machine does for a while is no drift.
  const third = Math.floor(offsets.length / 3);
  const middleOf = (part: typeof offsets): number =>
    part.map(({ offset }) => offset).sort((a, b) => a - b)[part.length >> 1] ?? Number.NaN;
  const apart = (offsets.at(-1)?.minute ?? 0) - (offsets[0]?.minute ?? 0);
  const drift = (middleOf(offsets.slice(-third)) - middleOf(offsets.slice(0, third))) / ((2 / 3) * apart);
  const found = `${flashes.length} flashes, ${clicks.length} clicks in ${seconds} s`;
  tell(
    "picture after sound",
    `median ${ms(middle)}, 95 % within ${ms(p95)}, ${found}`,
    p95 <= 1000 / FPS && offsets.length > seconds / 2,
  );
  tell("drift", `${drift.toFixed(2)} ms a minute`, seconds < 120 || Math.abs(drift) < 1);
}

try {
  await build({
    root: join(import.meta.dirname, "screen"),
    ...{ base: "./", logLevel: "error", worker: { format: "es" }, configFile: false },
    build: { target: "es2022", assetsInlineLimit: 0, outDir: join(folder, "page"), emptyOutDir: true },
  });
  const server = await serve({ "": join(folder, "page") });
  const browser = await chromium.launch({
    executablePath: process.env["CHROMIUM"] ?? "/usr/bin/chromium",
    args: ["--no-sandbox", "--autoplay-policy=no-user-gesture-required"],
  });
  try {
    const page = await browser.newPage({ viewport: { width: 1280, height: 800 } });
    page.setDefaultTimeout(900_000);
    page.on("pageerror", (error) => console.error(error));
    await page.goto(server.origin);
    await page.waitForFunction(() => "measuredScreen" in globalThis);
    if (wanted("timeline")) await measureTimeline(page);
    if (wanted("opening")) await measureOpening(page);
    if (wanted("sync")) await measureSync(page, Number(values.seconds));
  } finally {
    await browser.close();
    await server.stop();
  }
} finally {
  await rm(folder, { recursive: true, force: true });
}
