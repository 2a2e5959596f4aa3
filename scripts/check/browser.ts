/**
 * The checks that need a real browser: the same sources, bundled, and the example as it was built for its users, in headless Chromium; journeys
 * through the studio in Chromium and in Firefox.
 */
import { existsSync } from "node:fs";
import { join } from "node:path";
import { root, runCommand } from "./command.js";
import { builtPage, checkPage } from "./examples.js";
import { weighStudio } from "./page-weight.js";
import { type Counts, none, parseCountsLine, report, sum } from "./step.js";

/** A browser that checks may use: where it may lie, the variable that names another place, and its package in Debian. */
interface Browser {
  readonly variable: string;
  readonly paths: readonly string[];
  readonly debian: string;
  /** Whether it needs what its package recommends. */
  readonly recommended: boolean;
}

const chromium: Browser = {
  variable: "CHROMIUM",
  paths: ["/usr/bin/chromium", "/usr/bin/chromium-browser", "/usr/bin/google-chrome"],
  debian: "chromium",
  recommended: false,
};
const firefox: Browser = {
  variable: "FIREFOX",
  paths: ["/usr/bin/firefox-esr", "/usr/bin/firefox"],
  debian: "firefox-esr",
  // Without libavcodec it decodes no H.264.
  recommended: true,
};

/** The browser on this machine, if any. */
function find({ variable, paths }: Browser): string | undefined {
  return [process.env[variable], ...paths].find((path) => path !== undefined && existsSync(path));
}

/** Finds a browser, or installs Debian's where that is possible without asking; otherwise says why not. */
async function provide(browser: Browser): Promise<{ readonly path?: string; readonly reason?: string }> {
  const found = find(browser);
  if (found) return { path: found };
  const { variable, debian, recommended } = browser;
  if (!existsSync("/usr/bin/apt-get")) return { reason: `no ${debian} here; set ${variable} to the path of one` };
  if (process.getuid?.() !== 0)
    return { reason: `no ${debian} here; install it with "sudo apt-get install ${debian}" or set ${variable}` };
  console.log(`  installing Debian's ${debian} with apt-get (about 100 MB) …`);
  const env = { DEBIAN_FRONTEND: "noninteractive" };
  for (const command of [
    ["apt-get", "update", "-qq"],
    ["apt-get", "install", "-y", "-qq", ...(recommended ? [] : ["--no-install-recommends"]), debian],
  ]) {
    const result = await runCommand(command, { env });
    if (result.code !== 0) {
      const last = result.output.trim().split("\n").at(-1) ?? "no output";
      return { reason: `"${command.join(" ")}" failed (${last}); install ${debian} yourself or set ${variable}` };
    }
  }
  const installed = find(browser);
  return installed ? { path: installed } : { reason: `apt-get installed no ${debian}; set ${variable} to the path of one` };
}

/** Runs the browser harness, which ends with a line of counts. */
export async function runBrowserChecks(): Promise<Counts> {
  const harness = join(root, "scripts", "browser", "main.ts");
  if (!existsSync(harness)) return report("browser harness", [`${harness} does not exist`]);
  const { path, reason } = await provide(chromium);
  if (!path) {
    console.log(`  skipped  every browser check: ${reason}`);
    return { ...none, skipped: 1 };
  }
  // Counted by the step that checks examples; here it is made where that has not run.
  if (existsSync(join(root, "packages/pipeline/dist/web.js"))) await checkPage();
  const result = await runCommand([process.execPath, "--conditions=@foley-control/source", "--import", "tsx", harness], {
    stream: true,
    env: { CHROMIUM: path, FOLEY_PAGE: builtPage },
  });
  const counts = parseCountsLine(result.output);
  if (!counts) return report("browser harness", [`printed no counts (exit code ${result.code})`]);
  return result.code !== 0 && counts.failed === 0 ? { ...counts, failed: 1 } : counts;
}

/** After so many seconds a browser begins no further journey: the whole check has a limit of its own. */
const JOURNEY_SECONDS = 90;

/** Takes the journeys through the studio in each browser that is there or can be installed. */
export async function runStudio(): Promise<Counts> {
  const harness = join(root, "apps", "web", "journeys", "main.ts");
  const built = join(root, "apps", "web", "dist");
  const weight = existsSync(built) ? report(...weighStudio(built)) : none;
  const [first, second] = [await provide(chromium), await provide(firefox)];
  for (const { reason } of [first, second])
    if (reason !== undefined) console.log(`  skipped  every journey in one browser: ${reason}`);
  const found = Object.entries({ chromium: first.path, firefox: second.path }).filter(([, path]) => path !== undefined);
  const skipped = { ...none, skipped: 2 - found.length };
  if (found.length === 0) return sum([weight, skipped]);
  const names = found.map(([name]) => name).join(",");
  const result = await runCommand(
    [
      process.execPath,
      "--conditions=@foley-control/source",
      "--import",
      "tsx",
      harness,
      "--browser",
      names,
      "--within",
      String(JOURNEY_SECONDS),
    ],
    { stream: true, env: { CHROMIUM: first.path ?? "", FIREFOX: second.path ?? "" } },
  );
  const counts = parseCountsLine(result.output);
  if (!counts) return report("journeys", [`printed no counts (exit code ${result.code})`]);
  return sum([weight, skipped, result.code !== 0 && counts.failed === 0 ? { ...counts, failed: 1 } : counts]);
}
