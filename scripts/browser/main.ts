/**
 * The browser lane: bundles every package's browser entries and checks, and runs them in headless Chromium.
 *
 *     node --conditions=@foley-control/source --import tsx scripts/browser/main.ts [words a check's name must contain]
 *
 * `CHROMIUM` names the browser, `FOLEY_PAGE` the folder of a production build of `examples/browser`, which is checked too. Ends with a line of counts; the exit code is 1 when a check failed.
 */
import { existsSync } from "node:fs";
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { createRequire } from "node:module";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { pathToFileURL } from "node:url";
import { chromium, type Page } from "playwright-core";
import { root } from "../check/command.js";
import { type Counts, countsLine, none, report, sum } from "../check/step.js";
import { readWorkspace } from "../check/workspace.js";
import { bundle } from "./bundle.js";
import { type BrowserCheck, type CheckFile, findCheckFiles } from "./checks.js";
import { checkProduction } from "./production.js";
import { serve } from "./server.js";

/** Longest time of one check, in milliseconds. */
const checkTimeout = 600_000;

/** WebGPU runs on SwiftShader, in software: right numbers, little speed. */
const browserArguments = [
  "--no-sandbox",
  "--disable-quic",
  "--no-first-run",
  "--disable-background-networking",
  "--disable-component-update",
  "--disable-sync",
  "--autoplay-policy=no-user-gesture-required",
  "--enable-unsafe-webgpu",
  "--use-webgpu-adapter=swiftshader",
];

const words = process.argv.slice(2);
const wanted = (name: string): boolean => words.every((word) => name.includes(word));

/** Package entries that a browser may import: `.` and `/web`. */
function browserEntries(): readonly string[] {
  return readWorkspace(root).flatMap(({ manifest, entries, path }) =>
    path.startsWith("packages/")
      ? [".", "./web"].filter((entry) => entries.has(entry)).map((entry) => join(manifest.name, entry))
      : [],
  );
}

/** Every entry bundles on its own, without anything of Node, and loads. */
async function checkEntries(page: Page, folder: string): Promise<Counts> {
  const counts: Counts[] = [];
  for (const specifier of browserEntries()) {
    const name = `loads ${specifier}`;
    if (!wanted(name)) continue;
    const started = performance.now();
    const file = `entry-${specifier.replaceAll(/[^a-z]+/g, "-")}`;
    const errors = [...(await bundle({ [file]: `export * from ${JSON.stringify(specifier)};` }, folder))];
    if (errors.length === 0) {
      const failure = await page.evaluate(
        (url) =>
          import(url).then(
            () => undefined,
            (error: unknown) => String(error),
          ),
        `/${file}.js`,
      );
      if (failure !== undefined) errors.push(failure);
    }
    counts.push(report(name, errors, (performance.now() - started) / 1000));
  }
  return sum(counts);
}

/** The checks of one file, in a page of their own. */
async function checkFile(newPage: () => Promise<Page>, file: CheckFile, folder: string): Promise<Counts> {
  const output = `checks-${file.name.replaceAll("/", "-")}`;
  const errors = await bundle(
    {
      [output]: `export * from ${JSON.stringify(file.path)};`,
      worker: `import ${JSON.stringify(join(root, "packages/runtime/src/web/worker.ts"))};`,
      "media-worker": `import ${JSON.stringify(join(root, "packages/media/src/web/media-worker.ts"))};`,
      "media-writer-worker": `import ${JSON.stringify(join(root, "packages/media/src/web/media-writer-worker.ts"))};`,
      "worker-webgpu": `import ${JSON.stringify(join(root, "packages/runtime/src/web/worker-webgpu.ts"))};`,
      "worker-jspi": `import ${JSON.stringify(join(root, "packages/runtime/src/web/worker-jspi.ts"))};`,
    },
    folder,
  );
  if (errors.length > 0) return report(file.name, errors);
  const inNode = (file.nodePath ? await import(pathToFileURL(file.nodePath).href) : {}) as Readonly<
    Record<string, () => Promise<unknown>>
  >;
  const page = await newPage();
  const said: string[] = [];
  page.on("console", (message) => said.push(`${message.type()}: ${message.text()}`));
  page.on("pageerror", (error) => said.push(String(error)));
  const url = `/${output}.js`;
  const names = await page.evaluate(
    async (address) =>
      Object.entries((await import(address)) as object).flatMap(([name, value]) => (typeof value === "function" ? [name] : [])),
    url,
  );
  const counts: Counts[] = [];
  for (const check of names) {
    const name = `${file.name} ${check}`;
    if (!wanted(name)) continue;
    const started = performance.now();
    const failures: string[] = [];
    let value = "";
    try {
      const fromNode = JSON.stringify(await inNode[check]?.()) as string | undefined;
      const running = page.evaluate(
        async ([address, name, given]) => {
          const checks = (await import(address as string)) as Readonly<Record<string, BrowserCheck>>;
          return JSON.stringify(await checks[name as string]?.(given === undefined ? undefined : JSON.parse(given as string)));
        },
        [url, check, fromNode] as const,
      );
      value = (await withTimeout(running)) ?? "";
    } catch (error) {
      failures.push((error as Error).stack ?? String(error), ...said);
    }
    counts.push(report(value ? `${name}: ${value.slice(0, 160)}` : name, failures, (performance.now() - started) / 1000));
    said.length = 0;
  }
  await page.close();
  return sum(counts);
}

async function withTimeout<T>(promise: Promise<T>): Promise<T> {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<never>((_, reject) => {
    timer = setTimeout(() => reject(new Error(`took longer than ${checkTimeout / 1000} s`)), checkTimeout);
  });
  return Promise.race([promise, late]).finally(() => clearTimeout(timer));
}

async function main(): Promise<Counts> {
  const executablePath = process.env["CHROMIUM"] ?? "/usr/bin/chromium";
  if (!existsSync(executablePath)) {
    console.log(`  skipped  every browser check: there is no ${executablePath}; set CHROMIUM to the path of one`);
    return { ...none, skipped: 1 };
  }
  const folder = await mkdtemp(join(tmpdir(), "foley-browser-"));
  await writeFile(join(folder, "index.html"), "<!doctype html><title>Foley Control checks</title>");
  const resolveFrom = createRequire(join(root, "packages/runtime/package.json"));
  const ort = dirname(resolveFrom.resolve("onnxruntime-web/wasm"));
  const server = await serve({ "": folder, ort, packages: join(root, "packages") });
  const browser = await chromium.launch({ executablePath, headless: true, args: browserArguments, timeout: checkTimeout });
  try {
    const newPage = async (): Promise<Page> => {
      const page = await (await browser.newContext()).newPage();
      page.setDefaultTimeout(checkTimeout);
      await page.goto(server.origin);
      return page;
    };
    const counts = [await checkEntries(await newPage(), folder)];
    for (const file of findCheckFiles(root)) counts.push(await checkFile(newPage, file, folder));
    counts.push(await checkProduction(browser, process.env["FOLEY_PAGE"], { wanted, timeout: checkTimeout }));
    return sum(counts);
  } finally {
    await browser.close();
    await server.stop();
    await rm(folder, { recursive: true, force: true });
  }
}

const total = await main();
console.log(`\n${countsLine(total)}`);
process.exitCode = total.failed > 0 ? 1 : 0;
