/**
 * What the engine of the studio takes in a browser, beside Node on the same machine in the same run: starting, one clip of 4 s, cancelling; and
 * whether both find the same events and make the same sound.
 *
 *     npm run studio:measure -- engine [--part wasm|webgpu]
 *
 * `CHROMIUM` names the browser. Ends with one line per figure; the exit code is 1 when one is above its limit.
 */
import { mkdtemp, readFile, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { parseArgs } from "node:util";
import { createFoley } from "@foley-control/pipeline/node";
import { renderScene, writeScene } from "@foley-control/scenes/node";
import { chromium, type Page } from "playwright-core";
import { build } from "vite";
import { serve } from "../../../scripts/browser/server.js";
import type { Measured } from "./page/main.js";

/** Takes that are made on each side; the middle one counts. */
const RUNS = 3;

/** Node's pipeline. */
type NodeFoley = Awaited<ReturnType<typeof createFoley>>;

const { part } = parseArgs({ options: { part: { type: "string" } } }).values;
const folder = await mkdtemp(join(tmpdir(), "foley-measure-"));
const lines: { readonly what: string; readonly value: string; readonly right: boolean }[] = [];
const tell = (what: string, value: string, right = true): void => {
  lines.push({ what, value, right });
  console.log(`${right ? "  " : "✗ "}${what}: ${value}`);
};
const middle = (values: readonly number[]): number => [...values].sort((a, b) => a - b)[values.length >> 1] as number;
const seconds = (milliseconds: number): string => `${(milliseconds / 1000).toFixed(2)} s`;

/** Calls a function of the page. */
const ask = <K extends Exclude<keyof Measured, "states">>(
  page: Page,
  name: K,
  ...given: Parameters<Measured[K]>
): Promise<Awaited<ReturnType<Measured[K]>>> =>
  page.evaluate(
    ([key, values]) =>
      (globalThis as unknown as { measured: Record<string, (...all: unknown[]) => unknown> }).measured[key]?.(...values),
    [name as string, given as unknown[]] as const,
  ) as Promise<Awaited<ReturnType<Measured[K]>>>;

try {
  await build({
    root: join(import.meta.dirname, "page"),
    ...{ base: "./", logLevel: "error", worker: { format: "es" }, configFile: false },
    build: { target: "es2022", assetsInlineLimit: 0, outDir: join(folder, "page"), emptyOutDir: true },
  });
  const clip = join(folder, "scene.mp4");
  await writeScene(renderScene(1_000_000_123, { classes: ["bounce"], audio: false }), clip, { mute: true });
  const server = await serve({ "": join(folder, "page") });
  const browser = await chromium.launch({
    executablePath: process.env["CHROMIUM"] ?? "/usr/bin/chromium",
    args: ["--no-sandbox", "--enable-unsafe-webgpu", "--use-webgpu-adapter=swiftshader"],
  });
  const foley = await createFoley({ runtime: { threads: 2 } });
  try {
    const page = await browser.newPage();
    page.setDefaultTimeout(600_000);
    page.on("pageerror", (error) => console.error(error));
    // What takes minutes shows that it goes on.
    if (part === "webgpu") page.on("console", (message) => message.type() === "info" && console.log(`    ${message.text()}`));
    await page.goto(server.origin);
    await page.waitForFunction(() => "measured" in globalThis);
    await ask(page, "open", (await readFile(clip)).toString("base64"));

    if (part !== "webgpu") await measureWasm(page, clip, foley);
    if (part !== "wasm") await measureGpu(page, clip, foley);
  } finally {
    await foley.dispose();
    await browser.close();
    await server.stop();
  }
} finally {
  await rm(folder, { recursive: true, force: true });
}
process.exitCode = lines.every(({ right }) => right) ? 0 : 1;

/** The engine that the page takes by itself here, beside Node. */
async function measureWasm(page: Page, clip: string, foley: NodeFoley): Promise<void> {
  const up = await ask(page, "start");
  if (up.state.phase !== "ready") throw new Error(`the engine is ${JSON.stringify(up.state)}`);
  tell("engine", `${up.state.kind}, ${up.state.threads} threads (${up.state.reasons.join(" ")})`);
  tell("start", seconds(up.milliseconds));
  const again = await ask(page, "start");
  tell("start with everything cached", seconds(again.milliseconds), again.milliseconds <= 5000);

  await foley.prepare({ seconds: 4 });
  const here: number[] = [];
  const there: number[] = [];
  let made = await ask(page, "make", {});
  let taken = await foley.generate({ video: clip, seed: 7 });
  for (let run = 0; run < RUNS; run++) {
    made = await ask(page, "make", {});
    there.push(made.milliseconds);
    const begun = performance.now();
    taken = await foley.generate({ video: clip, seed: 7 });
    here.push(performance.now() - begun);
  }
  const [page4, node4] = [middle(there), middle(here)];
  tell("a clip of 4 s in the page", seconds(page4), page4 <= 6000);
  tell("a clip of 4 s in Node", seconds(node4));
  tell("times Node's", (page4 / node4).toFixed(2), page4 / node4 <= 2.5);
  const forwards = made.shares.every((share, i) => i === 0 || share >= (made.shares[i - 1] as number));
  tell("progress", `${made.shares.length} steps to ${made.shares.at(-1)}`, forwards && made.shares.at(-1) === 1);

  const events = await ask(page, "findEvents");
  const { events: own } = await foley.findEvents({ video: clip });
  const apart = events.map((event, i) => Math.abs(event.time - (own[i]?.time ?? Number.POSITIVE_INFINITY)));
  tell(
    "events",
    `${events.length}, in Node ${own.length}, ${Math.max(0, ...apart).toFixed(4)} s apart`,
    events.length === own.length && Math.max(0, ...apart) <= 1 / 64,
  );
  tell(
    "the same sound",
    `${snr(made.samples, taken.pcm({ sampleRate: "native" }).channels[0] as Float32Array).toFixed(1)} dB`,
    true,
  );

  const stop = await ask(page, "cancel");
  tell(
    "cancelled after",
    `${seconds(stop.stopped)} (the engine was free again after ${seconds(stop.next)} with a take of one step)`,
  );
}

/** WebGPU on whatever adapter there is; a software one takes minutes for what the processor does in seconds. */
async function measureGpu(page: Page, clip: string, foley: NodeFoley): Promise<void> {
  const gpu = await ask(page, "start", "webgpu");
  if (gpu.state.phase !== "ready") throw new Error(`the engine is ${JSON.stringify(gpu.state)}`);
  tell("asked for WebGPU", `${gpu.state.kind} after ${seconds(gpu.milliseconds)} (${gpu.state.reasons.join(" ")})`);
  const drawn = await ask(page, "make", { steps: 2 });
  const compared = await foley.generate({ video: clip, seed: 7, steps: 2 });
  const ratio = snr(drawn.samples, compared.pcm({ sampleRate: "native" }).channels[0] as Float32Array);
  tell("its sound against Node's", `${ratio.toFixed(1)} dB, ${seconds(drawn.milliseconds)} for 2 steps`, ratio > 20);
}

/** Signal to difference, dB. */
function snr(given: readonly number[], expected: Float32Array): number {
  let signal = 0;
  let difference = 0;
  for (const [i, value] of expected.entries()) {
    signal += value * value;
    difference += (value - (given[i] ?? 0)) ** 2;
  }
  return 10 * Math.log10(signal / difference);
}
