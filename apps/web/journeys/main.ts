/**
 * The journeys: ways through the built studio, taken in Chromium and in Firefox by role and name alone.
 *
 *     node --conditions=@foley-control/source --import tsx apps/web/journeys/main.ts [--browser chromium] [--shots folder] [--pictures folder] [--within seconds] [words of a name]
 *
 * `--pictures` makes those of the studio's guide anew, as WebP and in Chromium. With `--within` a browser begins no journey after so many seconds, and says how many it left: `npm test` has a limit, and slow machines are slow here.
 * `CHROMIUM` and `FIREFOX` name the browsers; one that is not there is skipped. A journey is a file beside this one that exports `journeys`. Ends with a
 * line of counts; the exit code is 1 when a journey failed.
 */
import { existsSync } from "node:fs";
import { mkdir, mkdtemp, readdir, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { parseArgs } from "node:util";
import { type Counts, countsLine, none, report, sum } from "../../../scripts/check/step.js";
import { chromiumKind } from "./stage/chromium.js";
import { type Clips, makeClips } from "./stage/clips.js";
import { firefoxKind } from "./stage/firefox.js";
import type { BrowserKind } from "./stage/page.js";
import { type Journey, take } from "./stage/stage.js";

const here = fileURLToPath(new URL(".", import.meta.url));
const site = fileURLToPath(new URL("../dist", import.meta.url));

const { values, positionals } = parseArgs({
  options: {
    browser: { type: "string", default: "chromium,firefox" },
    shots: { type: "string" },
    pictures: { type: "string" },
    within: { type: "string", default: "Infinity" },
  },
  allowPositionals: true,
});

/** Files whose journeys are taken first: what must not break is found out where there is time for a part only. */
const FIRST = ["offline.ts", "making.ts", "projects.ts"];
const rank = (name: string): number => (FIRST.includes(name) ? FIRST.indexOf(name) : FIRST.length);

/** Every journey of the files beside this one whose name has all the words. */
async function findJourneys(): Promise<readonly Journey[]> {
  const files = (await readdir(here)).filter((name) => name.endsWith(".ts") && name !== "main.ts").sort();
  files.sort((one, other) => rank(one) - rank(other));
  const modules = await Promise.all(
    files.map((name) => import(new URL(name, import.meta.url).href) as Promise<{ readonly journeys?: readonly Journey[] }>),
  );
  return modules
    .flatMap(({ journeys = [] }) => journeys)
    .filter(({ name }) => positionals.every((word) => name.toLowerCase().includes(word.toLowerCase())));
}

/** All journeys in one browser. */
async function takeAll(kind: BrowserKind, journeys: readonly Journey[], clips: Clips): Promise<Counts> {
  const scratch = await mkdtemp(join(tmpdir(), "foley-journeys-"));
  const running = await kind.start(join(scratch, "shared"));
  const counts: Counts[] = [];
  const origins = new Set<string>();
  const begun = performance.now();
  const mine = journeys.filter(({ only }) => only === undefined || only === kind.name);
  try {
    for (const [i, journey] of mine.entries()) {
      const started = performance.now();
      if ((started - begun) / 1000 > Number(values.within)) {
        console.log(
          `  skipped  ${kind.name}: ${mine.length - i} journeys, begun no later than ${values.within} s; npm run studio:journeys takes all`,
        );
        return sum([...counts, { ...none, skipped: mine.length - i }]);
      }
      const failures: string[] = [];
      let told: string | undefined;
      try {
        told = await take(journey, {
          kind,
          running,
          profile: join(scratch, String(i)),
          origins,
          site,
          clips,
          shots: values.shots,
          pictures: values.pictures,
        });
      } catch (error) {
        failures.push(
          (error as Error).stack?.includes((error as Error).message) ? ((error as Error).stack as string) : String(error),
        );
      }
      const name = `${kind.name}: ${journey.name}${told === undefined ? "" : `: ${told}`}`;
      counts.push(report(name, failures, (performance.now() - started) / 1000));
    }
    return sum(counts);
  } finally {
    await running.close();
    await rm(scratch, { recursive: true, force: true });
  }
}

async function main(): Promise<Counts> {
  if (!existsSync(join(site, "index.html")))
    return report("the built studio", [`there is no ${site}; npm run build makes it (or "npx vite build" in apps/web)`]);
  const journeys = await findJourneys();
  if (values.shots !== undefined) await mkdir(values.shots, { recursive: true });
  const clips = await makeClips();
  const kinds: readonly (readonly [BrowserKind["name"], string, (path: string) => BrowserKind])[] = [
    ["chromium", process.env["CHROMIUM"] ?? "/usr/bin/chromium", chromiumKind],
    ["firefox", process.env["FIREFOX"] ?? "/usr/bin/firefox-esr", firefoxKind],
  ];
  const one = async ([name, path, kind]: (typeof kinds)[number]): Promise<Counts> => {
    if (!values.browser.split(",").includes(name)) return none;
    if (existsSync(path)) return takeAll(kind(path), journeys, clips);
    console.log(`  skipped  every journey in ${name}: there is no ${path}; set ${name.toUpperCase()} to the path of one`);
    return { ...none, skipped: journeys.length };
  };
  try {
    // Side by side: most of a journey is waiting.
    return sum(await Promise.all(kinds.map(one)));
  } finally {
    await clips.remove();
  }
}

// Browsers are groups of their own; they end with this process however it ends.
for (const signal of ["SIGINT", "SIGTERM", "SIGHUP"]) process.once(signal, () => process.exit(130));
const total = await main();
console.log(`\n${countsLine(total)}`);
process.exitCode = total.failed > 0 ? 1 : 0;
