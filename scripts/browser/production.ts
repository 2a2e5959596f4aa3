/**
 * The production build of `examples/browser` as its users have it: with the headers for threads and without, its first clip made without a
 * network. A bundler moves code, workers and weights; what works from sources may hang here.
 */
import { existsSync } from "node:fs";
import { mkdtemp, readFile, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { basename, join } from "node:path";
import { renderScene, writeScene } from "@foley-control/scenes/node";
import type { Browser, Page } from "playwright-core";
import { root } from "../check/command.js";
import { type Counts, none, report, sum } from "../check/step.js";
import { serve } from "./server.js";

interface Options {
  readonly wanted: (name: string) => boolean;
  /** Milliseconds for one page. */
  readonly timeout: number;
}

/** Checks the page in a folder; skipped where there is none. */
export async function checkProduction(browser: Browser, folder: string | undefined, options: Options): Promise<Counts> {
  const checks = [true, false].map(
    (isolated) => [isolated, `production build ${isolated ? "with" : "without"} isolation`] as const,
  );
  const chosen = checks.filter(([, name]) => options.wanted(name));
  if (chosen.length === 0) return none;
  if (folder === undefined || !existsSync(folder)) {
    console.log("  skipped  the production build: it is made of the built packages (npm test -- --only build,browser)");
    return { ...none, skipped: chosen.length };
  }
  const scratch = await mkdtemp(join(tmpdir(), "foley-page-"));
  try {
    const clip = join(scratch, "scene.mp4");
    await writeScene(renderScene(1_000_000_123, { classes: ["bounce"], audio: false }), clip, { mute: true });
    const counts: Counts[] = [];
    for (const [isolated, name] of chosen) {
      const started = performance.now();
      const server = await serve({ "": folder }, { isolated });
      const context = await browser.newContext();
      const said: string[] = [];
      let found = "";
      try {
        const page = await context.newPage();
        page.setDefaultTimeout(options.timeout);
        page.on("console", (message) => said.push(`${message.type()}: ${message.text()}`));
        page.on("pageerror", (error) => said.push(String(error)));
        found = await firstClip(page, server.origin, clip, isolated);
        if (isolated) found += `, ${await afterDamage(page, clip)}`;
        report(`${name}: ${found}`, [], (performance.now() - started) / 1000);
        counts.push({ ...none, passed: 1 });
      } catch (error) {
        counts.push(report(name, [(error as Error).stack ?? String(error), ...said], (performance.now() - started) / 1000));
      } finally {
        await context.close();
        await server.stop();
      }
    }
    return sum(counts);
  } finally {
    await rm(scratch, { recursive: true, force: true });
  }
}

/** Prepares, goes offline, drops a clip, and hears it; what is not right is thrown. */
async function firstClip(page: Page, origin: string, clip: string, isolated: boolean): Promise<string> {
  await page.addInitScript(() => {
    const shares: number[] = [];
    Object.assign(globalThis, { shares });
    new MutationObserver(() => shares.push(document.querySelector("progress")?.value ?? 0)).observe(document, {
      subtree: true,
      attributes: true,
      attributeFilter: ["value"],
    });
  });
  await page.goto(origin);
  const line = page.locator("p");
  await line.filter({ hasText: /Ready|Error/ }).waitFor();
  const ready = (await line.textContent()) ?? "";
  const threads = Number(/threads: (\d+)/.exec(ready)?.[1]);
  const processors = await page.evaluate(() => navigator.hardwareConcurrency);
  const expected = isolated ? Math.min(processors, 8) : 1;
  if (threads !== expected) throw new Error(`"${ready}", where ${expected} threads were expected`);
  const shares = await page.evaluate(() => (globalThis as unknown as { readonly shares: readonly number[] }).shares);
  if (!shares.every((share, i) => i === 0 || share >= (shares[i - 1] as number)) || shares.length < 5 || shares.at(-1) !== 1)
    throw new Error(`the progress went ${shares.join(", ")}`);
  await page.context().setOffline(true);
  await drop(page, clip);
  await line.filter({ hasText: /onset|Error/ }).waitFor();
  const told = (await line.textContent()) ?? "";
  const onsets = Number(/^(\d+) onsets/.exec(told)?.[1]);
  if (!(onsets > 0)) throw new Error(`nothing was heard: ${told}`);
  if (told.includes("on one thread") === isolated) throw new Error(`the page said "${told}"`);
  const heard = await page.evaluate(async () => {
    const player = document.querySelector("video") as HTMLVideoElement;
    if (player.readyState === 0)
      await new Promise((resolve) => player.addEventListener("loadedmetadata", resolve, { once: true }));
    return { seconds: player.duration, bytes: (await (await fetch(player.src)).arrayBuffer()).byteLength };
  });
  if (!(heard.seconds > 3.9 && heard.seconds < 4.1)) throw new Error(`the video lasts ${heard.seconds} s`);
  return `${threads} threads, ${onsets} onsets offline, ${shares.length} steps of progress`;
}

/** Drops a file on the page. */
async function drop(page: Page, path: string): Promise<void> {
  await page.evaluate(
    async ([base64, name]) => {
      const transfer = new DataTransfer();
      const blob = await (await fetch(`data:video/mp4;base64,${base64}`)).blob();
      transfer.items.add(new File([blob], name as string, { type: "video/mp4" }));
      document.dispatchEvent(new DragEvent("drop", { dataTransfer: transfer, bubbles: true, cancelable: true }));
    },
    [(await readFile(path)).toString("base64"), basename(path)],
  );
}

/** Drops a file that is read for ever, then a clip again: the page says what is wrong, and goes on with another worker. */
async function afterDamage(page: Page, clip: string): Promise<string> {
  await page.context().setOffline(false);
  await drop(page, join(root, "packages/media/test/damaged/endless-resync.mkv"));
  const line = page.locator("p");
  await line.filter({ hasText: /endless-resync\.mkv" is damaged: reading it takes work without end/ }).waitFor();
  await drop(page, clip);
  await line.filter({ hasText: /^\d+ onsets/ }).waitFor();
  return "and a clip after a damaged one";
}
