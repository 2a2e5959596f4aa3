/** One sound in a tab of a browser of its own, and the largest memory that its process had. */
import { readFileSync } from "node:fs";
import type { Precision } from "@foley-control/graph";
import { type Browser, chromium } from "playwright-core";

/** What the page is asked for. */
export interface Asked {
  readonly precision: Precision;
  readonly threads: number;
  readonly steps: number;
  /** Length of the sound where there is no clip. */
  readonly seconds: number;
  /** Where the clip is served. */
  readonly clip?: string | undefined;
  readonly seesClip: boolean;
}

/** What the page says. */
export interface Told {
  readonly firstStepMs: number;
  readonly soundMs: number;
  readonly seconds: number;
}

/** A row of the table. */
export interface TabMemory {
  readonly precision: Precision;
  /** Largest resident memory of the tab's process up to each stage, MB. */
  readonly peaks: Readonly<Record<string, number>>;
  readonly told?: Told | undefined;
  /** Why there was no sound. */
  readonly failure?: string | undefined;
}

/** Longest time that a sound may take. */
const PATIENCE_MS = 1_200_000;

/** How often a process is looked at. */
const LOOK_MS = 50;

/** The resident size that `/proc/PID/status` tells, the largest that the kernel noted where that is more: MB. */
export function residentOf(status: string): number {
  const kilobytes = [...status.matchAll(/^Vm(?:HWM|RSS):\s+(\d+) kB/gm)].map(([, size]) => Number(size));
  return Math.round(Math.max(...kilobytes) / 1000);
}

/** Looks at the tab's process all the time: what the kernel noted as the largest falls when memory is given back. */
async function watchTab(browser: Browser): Promise<{ largest(): number; stop(): void }> {
  const session = await browser.newBrowserCDPSession();
  const { processInfo } = await session.send("SystemInfo.getProcessInfo");
  await session.detach();
  const renderers = processInfo.filter(({ type }) => type === "renderer").map(({ id }) => id);
  let largest = 0;
  const look = (): void => {
    for (const id of renderers)
      try {
        largest = Math.max(largest, residentOf(readFileSync(`/proc/${id}/status`, "utf8")));
      } catch {
        // It has ended: what was seen of it stays.
      }
  };
  look();
  const timer = setInterval(look, LOOK_MS);
  return {
    largest: () => {
      look();
      return largest;
    },
    stop: () => clearInterval(timer),
  };
}

/** Makes a sound in a new browser. Whatever goes wrong in the page is told, with the memory up to there. */
export async function measureTab(
  asked: Asked,
  { origin, executablePath, folder }: { readonly origin: string; readonly executablePath: string; readonly folder: string },
): Promise<TabMemory> {
  const args = ["--no-sandbox", "--no-first-run", "--disable-background-networking"];
  const browser = await chromium.launch({ executablePath, headless: true, args });
  const peaks: Record<string, number> = {};
  try {
    const page = await browser.newPage();
    page.setDefaultTimeout(PATIENCE_MS);
    await page.goto(origin);
    const watched = await watchTab(browser);
    peaks["empty"] = watched.largest();
    await page.exposeFunction("reached", (stage: string) => {
      peaks[stage] = watched.largest();
    });
    await page.locator("input").setInputFiles(folder);
    try {
      const told = await page.evaluate(async (given) => {
        const { makeSound } = (await import("/page.js" as string)) as { makeSound(asked: Asked): Promise<Told> };
        return makeSound(given);
      }, asked);
      return { precision: asked.precision, peaks, told };
    } catch (error) {
      peaks["failed"] = watched.largest();
      return { precision: asked.precision, peaks, failure: String(error).split("\n")[0] };
    } finally {
      watched.stop();
    }
  } finally {
    await browser.close();
  }
}

/** Columns of the table, in the order in which a tab comes to them. */
const STAGES = ["empty", "opened", "first step", "steps", "sound"] as const;

/** Rows as a table of Markdown: a heading and one line each. */
export function tableOf(rows: readonly TabMemory[]): readonly string[] {
  const line = (cells: readonly string[]): string => `| ${cells.join(" | ")} |`;
  const megabytes = (value: number | undefined): string => (value === undefined ? "—" : String(value));
  return [
    line(["precision", ...STAGES.map((stage) => `${stage}, MB`), "first step, s", "sound, s"]),
    line(new Array(STAGES.length + 3).fill("---")),
    ...rows.map(({ precision, peaks, told, failure }) =>
      line([
        precision,
        ...STAGES.map((stage) => megabytes(peaks[stage])),
        ...(told
          ? [told.firstStepMs, told.soundMs].map((ms) => (ms / 1000).toFixed(0))
          : [`at ${megabytes(peaks["failed"])} MB: ${failure}`, "—"]),
      ]),
    ),
  ];
}
