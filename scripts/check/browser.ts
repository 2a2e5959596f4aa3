/** The checks that need a real browser: the same sources, bundled, and the example as it was built for its users, in headless Chromium. */
import { existsSync } from "node:fs";
import { join } from "node:path";
import { root, runCommand } from "./command.js";
import { builtPage, checkPage } from "./examples.js";
import { type Counts, none, parseCountsLine, report } from "./step.js";

/** Debian's and Ubuntu's names, and what `CHROMIUM` names. */
const candidates = [process.env["CHROMIUM"], "/usr/bin/chromium", "/usr/bin/chromium-browser", "/usr/bin/google-chrome"];

/** The browser on this machine, if any. */
export function findChromium(): string | undefined {
  return candidates.find((path) => path !== undefined && existsSync(path));
}

/** Finds a browser, or installs Debian's where that is possible without asking; otherwise says why not. */
async function provideChromium(): Promise<{ readonly path?: string; readonly reason?: string }> {
  const found = findChromium();
  if (found) return { path: found };
  if (!existsSync("/usr/bin/apt-get")) return { reason: "no Chromium here; set CHROMIUM to the path of one" };
  if (process.getuid?.() !== 0)
    return { reason: 'no Chromium here; install it with "sudo apt-get install chromium" or set CHROMIUM' };
  console.log("  installing Debian's chromium with apt-get (about 100 MB) …");
  const env = { DEBIAN_FRONTEND: "noninteractive" };
  for (const command of [
    ["apt-get", "update", "-qq"],
    ["apt-get", "install", "-y", "-qq", "--no-install-recommends", "chromium"],
  ]) {
    const result = await runCommand(command, { env });
    if (result.code !== 0) {
      const last = result.output.trim().split("\n").at(-1) ?? "no output";
      return { reason: `"${command.join(" ")}" failed (${last}); install Chromium yourself or set CHROMIUM` };
    }
  }
  const installed = findChromium();
  return installed ? { path: installed } : { reason: "apt-get installed no chromium; set CHROMIUM to the path of one" };
}

/** Runs the browser harness, which ends with a line of counts. */
export async function runBrowserChecks(): Promise<Counts> {
  const harness = join(root, "scripts", "browser", "main.ts");
  if (!existsSync(harness)) return report("browser harness", [`${harness} does not exist`]);
  const { path, reason } = await provideChromium();
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
