/**
 * The projects in `examples/` as a stranger has them: each is copied out of the checkout, installs the packed packages, is type-checked and
 * run. An example checks what it claims by itself and ends with an error when a claim does not hold. The page is built, and what was built is kept
 * for the browser.
 */
import {
  cpSync,
  existsSync,
  lstatSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  realpathSync,
  rmSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { basename, join, sep } from "node:path";
import { inParallel } from "../jobs.js";
import { checkCommand, outputFolder, root, runCommand, stopCommands } from "./command.js";
import { type PackedPackage, packPackages } from "./pack.js";
import { weighPage } from "./page-weight.js";
import { type Counts, report, sum } from "./step.js";
import type { Manifest } from "./workspace.js";

const scope = "@foley-control/";

/** Checks every example. */
export async function checkExamples(): Promise<Counts> {
  const { packages, problem } = await packPackages();
  if (problem !== undefined) return report("pnpm pack", [problem]);
  const folder = join(root, "examples");
  const names = readdirSync(folder, { withFileTypes: true }).flatMap((entry) => (entry.isDirectory() ? [entry.name] : []));
  return sum(
    await inParallel(names, (name) =>
      name === PAGE ? checkPage() : inTemporaryFolder((copy) => checkExample(join(folder, name), copy, packages)),
    ),
  );
}

/** The example that is a page. */
const PAGE = "browser";

/** Where its production build is kept. */
export const builtPage = join(outputFolder, "page");

let page: Promise<Counts> | undefined;

/** Checks the page and builds it, once, however many steps use what was built. Reads the builds of the packages. */
export function checkPage(): Promise<Counts> {
  return (page ??= (async () => {
    rmSync(builtPage, { recursive: true, force: true });
    const { packages, problem } = await packPackages();
    if (problem !== undefined) return report("pnpm pack", [problem]);
    return inTemporaryFolder((copy) => checkExample(join(root, "examples", PAGE), copy, packages));
  })());
}

async function checkExample(source: string, copy: string, packages: readonly PackedPackage[]): Promise<Counts> {
  const name = basename(source);
  cpSync(source, copy, { recursive: true, filter: (path) => !["node_modules", "out"].includes(basename(path)) });
  const versions = report(`${name}: versions`, wrongVersions(copy, packages));
  if (versions.failed > 0) return versions;
  // Tarballs in the place of the registry, for the packages and for what they depend on. JSON is YAML.
  const overrides = packages.flatMap(({ manifest, tarball }) => (tarball ? [[manifest.name, `file:${tarball}`] as const] : []));
  writeFileSync(join(copy, "pnpm-workspace.yaml"), JSON.stringify({ overrides: Object.fromEntries(overrides), allowBuilds: {} }));
  const installed = await runCommand(
    ["pnpm", "install", "--prefer-offline", "--ignore-scripts", "--no-frozen-lockfile", "--config.node-linker=hoisted"],
    { cwd: copy },
  );
  const failures = installed.code === 0 ? linked(copy, packages) : [installed.output.trim()];
  const install = report(`${name}: installs the packed packages`, failures, installed.seconds);
  if (install.failed > 0) return sum([versions, install]);
  const compiler = join("node_modules", "typescript", "bin", "tsc");
  const types = await checkCommand(`${name}: types`, [process.execPath, compiler], { cwd: copy });
  const runs = existsSync(join(copy, "index.ts"));
  return sum([versions, install, types, await (runs ? checkRun(name, copy) : checkBuild(name, copy))]);
}

/** Builds the page as for its users, keeps what was built, and weighs it. */
async function checkBuild(name: string, copy: string): Promise<Counts> {
  const vite = join("node_modules", "vite", "bin", "vite.js");
  const built = await checkCommand(`${name}: builds`, [process.execPath, vite, "build", "--manifest"], { cwd: copy });
  if (built.failed > 0) return built;
  cpSync(join(copy, "dist"), builtPage, { recursive: true });
  return sum([built, report(...weighPage(builtPage))]);
}

/** Runs the example; every line that it begins with ✓ is a claim that it has checked. */
async function checkRun(name: string, copy: string): Promise<Counts> {
  const share = new URL("../share-of-cores.mjs", import.meta.url).href;
  const argv = [process.execPath, "--import", share, "--import", "tsx", "index.ts"];
  const { code, output, stdout, seconds } = await runCommand(argv, { cwd: copy });
  const claims = stdout.split("\n").flatMap((line) => (line.startsWith("✓ ") ? [line.slice(2)] : []));
  const failures = code === 0 ? (claims.length > 0 ? [] : ["claims nothing"]) : [output.trim() || `exit code ${code}`];
  return sum([...claims.map((claim) => report(`${name}: ${claim}`, [])), report(`${name}: runs to its end`, failures, seconds)]);
}

/** Versions in the example's manifest that are not those of the packages. */
function wrongVersions(copy: string, packages: readonly PackedPackage[]): readonly string[] {
  const { dependencies = {} } = JSON.parse(readFileSync(join(copy, "package.json"), "utf8")) as Manifest;
  return Object.entries(dependencies).flatMap(([name, wanted]) => {
    const found = packages.find(({ manifest }) => manifest.name === name)?.manifest.version;
    if (!name.startsWith(scope) || found === wanted) return [];
    return [`package.json asks for ${name} ${wanted}; ${found === undefined ? "there is no such package" : `it is ${found}`}`];
  });
}

/** What is not as npm would have installed it: real folders below the copy, in the packed version, that need no workspace. */
function linked(copy: string, packages: readonly PackedPackage[]): readonly string[] {
  const modules = join(copy, "node_modules", scope);
  return readdirSync(modules).flatMap((name) => {
    const folder = join(modules, name);
    const { version, dependencies = {} } = JSON.parse(readFileSync(join(folder, "package.json"), "utf8")) as Manifest;
    const packed = packages.find(({ manifest }) => manifest.name === scope + name);
    const outside = lstatSync(folder).isSymbolicLink() || !realpathSync(folder).startsWith(realpathSync(copy) + sep);
    return [
      ...(outside ? [`${scope}${name} is a link to ${realpathSync(folder)}`] : []),
      ...(version === packed?.manifest.version ? [] : [`${scope}${name} is ${version}, packed was ${packed?.manifest.version}`]),
      ...Object.entries(dependencies).flatMap(([to, range]) =>
        /^(workspace|catalog|link):/.test(range) ? [`${scope}${name} depends on ${to} ${range}`] : [],
      ),
    ];
  });
}

/** Runs `work` in a folder outside the checkout, where nothing of the workspace can be found, and removes it, on Ctrl-C too. */
export async function inTemporaryFolder<T>(work: (folder: string) => Promise<T>): Promise<T> {
  const folder = mkdtempSync(join(tmpdir(), "foley-example-"));
  const remove = () => rmSync(folder, { recursive: true, force: true, maxRetries: 3 });
  const stop = () => {
    stopCommands();
    process.exit(130);
  };
  const signals = ["SIGINT", "SIGTERM", "SIGHUP"] as const;
  process.once("exit", remove);
  for (const signal of signals) process.once(signal, stop);
  try {
    return await work(folder);
  } finally {
    for (const signal of signals) process.off(signal, stop);
    process.off("exit", remove);
    remove();
  }
}
