/**
 * The packages as a stranger's first minute has them: `npm install` of all of them and `npm install -g` of the command line, by name, install
 * scripts on, where nothing but the registry can be reached. Then what was installed is used.
 */
import { copyFileSync, existsSync, lstatSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { type CommandResult, root, runCommand } from "./command.js";
import { inTemporaryFolder } from "./examples.js";
import { type PackedPackage, packPackages } from "./pack.js";
import { startRegistry } from "./registry.js";
import { type Counts, report, sum } from "./step.js";

/** Most that `npm install -g @foley-control/cli` may leave on a disk, in MB, with the native runtime; more is a decision. 74 of them are the studio. */
const LARGEST_INSTALL = 680;

/** Checks both installs. */
export async function checkInstall(): Promise<Counts> {
  const { packages, problem } = await packPackages();
  if (problem !== undefined) return report("pnpm pack", [problem]);
  const upstream = (await runCommand(["npm", "config", "get", "registry"])).stdout.trim();
  const tarballs = packages.flatMap(({ tarball }) => (tarball === undefined ? [] : [tarball]));
  const registry = await startRegistry(tarballs, upstream);
  try {
    return sum([
      await inTemporaryFolder((folder) => checkLibraries(folder, registry.url, packages)),
      await inTemporaryFolder((folder) => checkCommandLine(folder, registry.url)),
    ]);
  } finally {
    registry.close();
  }
}

/** Every package in one project: installed, and every entry for Node can be imported. */
async function checkLibraries(folder: string, registry: string, packages: readonly PackedPackage[]): Promise<Counts> {
  const libraries = packages.filter(({ entries }) => entries.size > 0);
  writeFileSync(join(folder, "package.json"), JSON.stringify({ private: true, type: "module" }));
  const installed = await npm(folder, registry, ["install", ...libraries.map(({ manifest }) => manifest.name)]);
  const install = report("npm install of every package", problemsOf(installed), installed.seconds);
  if (install.failed > 0) return install;
  const entries = libraries.flatMap(({ manifest, entries }) =>
    [".", "./node"].flatMap((entry) => (entries.has(entry) ? [manifest.name + entry.slice(1)] : [])),
  );
  const program = `for (const name of ${JSON.stringify(entries)}) await import(name);
    const { nodeRuntime } = await import("@foley-control/runtime/node");
    const runtime = nodeRuntime();
    const { device, selfTest } = await runtime.capabilities();
    await runtime.dispose();
    if (!selfTest.passed) throw new Error("the self-test on " + device + " failed");`;
  writeFileSync(join(folder, "index.js"), program);
  const imported = await runCommand([process.execPath, "index.js"], { cwd: folder });
  const name = `${entries.length} entries are imported, and something computes: ${megabytes(folder)} MB`;
  return sum([install, report(name, silentProblems(imported), imported.seconds)]);
}

/** The command line: it works with what could be installed, says what could not, and what it advises helps. */
async function checkCommandLine(folder: string, registry: string): Promise<Counts> {
  const installed = await npm(folder, registry, ["install", "--global", "@foley-control/cli"]);
  const refused = join(folder, "refused");
  const hosts = existsSync(refused) ? new Set(readFileSync(refused, "utf8").trim().split("\n")) : [];
  const name = `npm install -g @foley-control/cli, asked for in vain: ${[...hosts].join(", ") || "no other host"}`;
  const install = report(name, problemsOf(installed), installed.seconds);
  if (install.failed > 0) return install;
  const first = await checkUse(folder, "as installed");
  // The sentence that says what to do, done.
  const rest = ["install", "--global", "onnxruntime-node@1.30.0"];
  const mended = await npm(folder, registry, rest, { ONNXRUNTIME_NODE_INSTALL: "skip" });
  const native = report("the native runtime, without what its install script fetches", problemsOf(mended), mended.seconds);
  const second = await checkUse(folder, "natively", "onnxruntime-node");
  const size = megabytes(folder);
  const small = size <= LARGEST_INSTALL ? [] : [`${size} MB were installed, at most ${LARGEST_INSTALL} were expected`];
  return sum([install, first, native, second, report(`the size of the installation: ${size} MB`, small)]);
}

/** Gives a clip sound, and looks at what is on stderr beside our own lines. */
async function checkUse(folder: string, how: string, wanted?: string): Promise<Counts> {
  const foley = process.platform === "win32" ? join(folder, "foley.cmd") : join(folder, "bin", "foley");
  const clip = join(folder, "clip.mp4");
  copyFileSync(join(root, "packages/golden/fixtures/clips/h264-aac.mp4"), clip);
  const doctor = await runCommand([foley, "doctor", "--json"], { cwd: folder });
  const { capabilities } = parsed(doctor.stdout);
  const runtime = capabilities?.runtime ?? "none";
  const unexpected = wanted !== undefined && runtime !== wanted ? [`${runtime} computes, expected was ${wanted}`] : [];
  const health = report(
    `foley doctor, ${how}: ${runtime} on ${capabilities?.device}`,
    [...silentProblems(doctor), ...unexpected],
    doctor.seconds,
  );
  const options = ["a metal ball", "--steps", "2", "--force", "--quiet"];
  const made = await runCommand([foley, "generate", clip, ...options], { cwd: folder });
  const noted = await runCommand([foley, "generate", clip, ...options.slice(0, -1)], { cwd: folder });
  const notes = noted.stderr.split("\n").filter((line) => line.includes("Networks are computed in WebAssembly"));
  const slow = capabilities?.device === "wasm";
  const said = notes.length === (slow ? 1 : 0) ? [] : [`the note about WebAssembly was printed ${notes.length} times`];
  const name = `foley generate, ${how}${slow ? ": it says that it could be faster" : ""}`;
  return sum([health, report(name, [...silentProblems(made), ...said], made.seconds)]);
}

function parsed(json: string): { readonly capabilities?: { readonly runtime: string; readonly device: string } } {
  try {
    return JSON.parse(json);
  } catch {
    return {};
  }
}

/** npm as a user has it, with install scripts, where other machines cannot be reached. */
function npm(folder: string, registry: string, command: readonly string[], env: Readonly<Record<string, string>> = {}) {
  const preload = fileURLToPath(new URL("only-loopback.cjs", import.meta.url));
  const own: Record<string, string> = {
    FOLEY_REFUSED: join(folder, "refused"),
    NODE_OPTIONS: `--require ${JSON.stringify(preload)}`,
  };
  // What this check was started with, by npm and by our own scripts, is not the user's.
  for (const name of Object.keys(process.env)) if (/^npm_|^ONNXRUNTIME_NODE_INSTALL/i.test(name)) own[name] = "";
  const flags = ["--prefix", folder, "--registry", registry, "--no-audit", "--no-fund", "--foreground-scripts=false"];
  return runCommand(["npm", ...command, ...flags], { cwd: folder, env: { ...own, ...env } });
}

const problemsOf = ({ code, output }: CommandResult): readonly string[] =>
  code === 0 ? [] : [output.trim() || `exit code ${code}`];

/** A command that is to end well without a word on stderr. */
function silentProblems(result: CommandResult): readonly string[] {
  const noise = result.stderr.trim();
  return [...problemsOf(result), ...(noise === "" || result.code !== 0 ? [] : [`on stderr: ${noise}`])];
}

/** What lies below a folder, links not followed. */
function megabytes(folder: string): number {
  const bytesOf = (path: string): number => {
    const entry = lstatSync(path);
    return entry.isDirectory() ? readdirSync(path).reduce((total, name) => total + bytesOf(join(path, name)), 0) : entry.size;
  };
  return Math.round(bytesOf(folder) / 1e6);
}
