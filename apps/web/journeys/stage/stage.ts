/** The world of one journey: a server, a browser, a page, clips; and what has to hold of every journey, whatever it does. */
import { readFileSync } from "node:fs";
import { createRequire } from "node:module";
import { join } from "node:path";
import { serve } from "../../../../scripts/browser/server.js";
import { type StudioServerOptions, serveStudio } from "../../../cli/src/studio/server.js";
import type { ClipName, Clips } from "./clips.js";
import { type BrowserKind, type PageNews, type RunningBrowser, type StudioPage, withinTime } from "./page.js";

/** A way through the studio that a person may take. */
export interface Journey {
  /** What is true when it passes. */
  readonly name: string;
  /** Only in this browser: for what the other one does not have. */
  readonly only?: BrowserKind["name"];
  /** Whether the server sends the headers that threads need. Default true. */
  readonly isolated?: boolean;
  /** Served as well in a folder of a host that knows nothing of it and sends no headers: the address of that is `stage.elsewhere`. */
  readonly under?: string;
  /** A clip that the server was given, as `foley studio clip.mp4` gives it. */
  readonly video?: ClipName;
  /** A browser of its own, that {@link Stage.kill} may end and whose disk `fillStorage` may fill; of one kind alone, where it is named. */
  readonly ownBrowser?: boolean | BrowserKind["name"];
  /** Runs in each page before anything of it: to take something away, or to see something. An arrow function, because its text travels. */
  readonly before?: () => void;
  /** Errors that the journey provokes. */
  readonly expectedErrors?: RegExp;
  /** Takes the journey; throws when something is not as it should be. What it gives is shown: a figure. */
  run(stage: Stage): Promise<string | undefined> | Promise<void>;
}

/** What a journey has. */
export interface Stage {
  readonly browser: BrowserKind["name"];
  /** Shows the first screen. */
  readonly page: StudioPage;
  /** Where the studio is served. */
  readonly origin: string;
  /** The studio in a folder of a plain host, where the journey asked for one. */
  readonly elsewhere: string;
  /** Another tab, at the first screen. */
  newPage(): Promise<StudioPage>;
  /** The path of a clip. */
  clip(name: ClipName): Promise<string>;
  readonly server: { stop(): Promise<void>; start(): Promise<void> };
  /** A screen is shown now: fails when axe-core finds something on it, and takes pictures of it where pictures are wanted. */
  screen(name: string, page?: StudioPage): Promise<void>;
  /** Ends the browser at once and starts it again with the same profile; gives the new page. */
  kill(): Promise<StudioPage>;
}

/** Where a journey takes place. */
export interface Place {
  readonly kind: BrowserKind;
  readonly running: RunningBrowser;
  /** A profile for a browser of its own. */
  readonly profile: string;
  /** Where the studio was served in this run: what an earlier journey opened may still be keeping its files. */
  readonly origins: Set<string>;
  /** The built studio. */
  readonly site: string;
  readonly clips: Clips;
  /** Where pictures of screens go, if any are wanted. */
  readonly shots: string | undefined;
  /** Where pictures of the documentation go, if they are made anew. */
  readonly pictures: string | undefined;
}

/** Sizes of window that screens are looked at in. */
const SIZES = [
  [1280, 800],
  [1920, 1080],
  [390, 844],
] as const;

/** Longest time of one journey, of one of which pictures are taken, and of what is asked of its pages at its end, milliseconds. */
const LONGEST = 180_000;
const LONGEST_WITH_PICTURES = 600_000;
const LAST_WORDS = 5000;

/** What pages show, so that a failure says where it was. */
async function shownOn(pages: readonly StudioPage[]): Promise<string> {
  const words = (page: StudioPage): Promise<string> =>
    withinTime(
      LAST_WORDS,
      page.evaluate(() => document.body.textContent ?? "", undefined),
    ).catch((error: Error) => error.message);
  return (await Promise.all(pages.map(words)))
    .map((one) => `a page showed: ${one.replaceAll(/\s+/g, " ").slice(0, 1500)}`)
    .join("\n");
}

/** Takes a journey and gives what it said; throws what went wrong, with what the page said. */
export async function take(journey: Journey, place: Place): Promise<string | undefined> {
  const problems: string[] = [];
  const said: string[] = [];
  const onRequest: StudioServerOptions["onRequest"] = ({ method, headers, url }) => {
    const bytes = Number(headers["content-length"] ?? 0);
    if ((method !== "GET" && method !== "HEAD") || bytes > 0) problems.push(`${method} ${url} with a body of ${bytes} bytes`);
  };
  const video = journey.video === undefined ? undefined : { path: await place.clips.get(journey.video), name: "given.mp4" };
  const served = { site: place.site, onRequest, video, ...(journey.isolated === false && { headers: {} }) };
  let server = await serveStudio(served);
  const { origin } = server;
  const plain = journey.under === undefined ? undefined : await serve({ [journey.under]: place.site }, { isolated: false });
  place.origins.add(origin);
  if (plain !== undefined) place.origins.add(plain.origin);
  const port = Number(new URL(origin).port);
  const news: PageNews = {
    request(url, bytes) {
      const own = ["data:", "blob:", "about:"].includes(new URL(url).protocol) || place.origins.has(new URL(url).origin);
      if (!own && !url.startsWith("chrome")) problems.push(`a request to another origin: ${url}`);
      if (bytes > 0) problems.push(`a request with a body of ${bytes} bytes: ${url}`);
    },
    error(message) {
      if (!journey.expectedErrors?.test(message)) problems.push(`the page said: ${message}`);
      else said.push(message);
    },
  };
  const own = journey.ownBrowser === true || journey.ownBrowser === place.kind.name;
  let running = own ? await place.kind.start(place.profile, true) : place.running;
  const pages: StudioPage[] = [];
  const newPage = async (): Promise<StudioPage> => {
    const page = await running.newPage({ news, before: journey.before });
    pages.push(page);
    await page.goto(`${origin}/${video ? `?video=${video.name}` : ""}`);
    return page;
  };
  try {
    const page = await newPage();
    const going = journey.run({
      browser: place.kind.name,
      page,
      origin,
      elsewhere: `${plain?.origin}/${journey.under}/`,
      newPage,
      clip: (name) => place.clips.get(name),
      server: {
        stop: () => server.stop(),
        async start() {
          server = await serveStudio({ ...served, port });
        },
      },
      async screen(name, one = page) {
        await checkAccessible(one);
        const guide = /^guide-(.*)$/.exec(name)?.[1];
        if (place.pictures !== undefined && guide !== undefined) {
          await one.resize(...SIZES[0]);
          await new Promise((resolve) => setTimeout(resolve, 400));
          await one.screenshot(join(place.pictures, `studio-${guide}.webp`));
        }
        for (const [width, height] of place.shots === undefined ? [] : SIZES) {
          await one.resize(width, height);
          await new Promise((resolve) => setTimeout(resolve, 400));
          await one.screenshot(join(place.shots as string, `${name}-${width}x${height}.png`));
        }
        if (place.shots !== undefined) await one.resize(...SIZES[0]);
      },
      async kill() {
        await running.kill();
        pages.length = 0;
        running = await place.kind.start(place.profile, true);
        return newPage();
      },
    });
    const longest = place.shots === undefined ? LONGEST : LONGEST_WITH_PICTURES;
    const result = await withinTime(longest, Promise.resolve(going), "the end of the journey");
    if (problems.length > 0) throw new Error(problems.join("\n"));
    return result ?? undefined;
  } catch (error) {
    const first = error as Error;
    if (!problems.every((one) => first.message.includes(one))) first.message += `\n${problems.join("\n")}`;
    first.message += `\n${await shownOn(pages)}`;
    throw first;
  } finally {
    for (const page of pages) await withinTime(LAST_WORDS, page.close()).catch(() => undefined);
    if (own) await running.close();
    await server.stop();
    await plain?.stop();
  }
}

const axe = readFileSync(createRequire(import.meta.url).resolve("axe-core/axe.min.js"), "utf8");

interface Violation {
  readonly id: string;
  readonly help: string;
  readonly nodes: readonly { readonly html: string; readonly failureSummary?: string }[];
}

/** Zero violations. */
async function checkAccessible(page: StudioPage): Promise<void> {
  await page.inject(axe);
  const violations = await page.evaluate(async () => {
    const { axe } = globalThis as unknown as { readonly axe: { run(): Promise<{ violations: readonly Violation[] }> } };
    return (await axe.run()).violations;
  }, undefined);
  if (violations.length === 0) return;
  const lines = violations.flatMap(({ id, help, nodes }) =>
    nodes.map(
      ({ html, failureSummary = "" }) => `${id}: ${help}\n  ${html.slice(0, 200)}\n  ${failureSummary.replaceAll("\n", " ")}`,
    ),
  );
  throw new Error(`axe-core found ${violations.length} kinds of violations\n${lines.join("\n")}`);
}
