/**
 * Makes a fresh clone runnable with only Node and git on the machine: installs the locked dependencies when they are not
 * there or the lockfile has changed, and lends the other scripts a `pnpm` to run. Plain JavaScript on Node's own
 * modules, because nothing else exists yet when it runs. No install script of any dependency is executed. It reports on
 * stderr, so that the output of a command that stands behind it stays clean.
 */
import { spawn } from "node:child_process";
import { createHash } from "node:crypto";
import { existsSync, readFileSync, writeFileSync } from "node:fs";
import { constants } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";

/** The checkout. */
export const root = fileURLToPath(new URL("..", import.meta.url));

/** The package manager, exactly as `packageManager` in package.json pins it. */
export const packageManager = JSON.parse(readFileSync(join(root, "package.json"), "utf8")).packageManager;

const stampFile = join(root, "node_modules", ".foley-install");

/** What every child process gets: no telemetry, no downloads behind the lockfile's back, no waiting for a terminal. */
export const environment = {
  ...process.env,
  ONNXRUNTIME_NODE_INSTALL: "skip",
  TURBO_TELEMETRY_DISABLED: "1",
  DO_NOT_TRACK: "1",
  ...(process.env.FOLEY_JOBS && { TURBO_CONCURRENCY: process.env.FOLEY_JOBS }),
  npm_config_update_notifier: "false",
};

/** The command line that runs the pinned pnpm, whether or not one is installed. */
export const pnpm = (...args) => ["npx", "--yes", packageManager, ...args];

/** Runs a command in the checkout with the output on the terminal; resolves to its exit code. */
export function run(command, options = {}) {
  return new Promise((resolve, reject) => {
    const [name, ...args] = command;
    const child = spawn(name, args, {
      cwd: root,
      env: environment,
      stdio: ["ignore", "inherit", "inherit"],
      shell: process.platform === "win32",
      ...options,
    });
    child.on("error", (error) => reject(new Error(`could not start "${command.join(" ")}": ${error.message}`)));
    child.on("exit", (code, signal) => resolve(code ?? (signal ? 128 + constants.signals[signal] : 0)));
  });
}

/** Changes when what should be installed changes. */
function digest() {
  const hash = createHash("sha256");
  for (const file of ["pnpm-lock.yaml", "pnpm-workspace.yaml"]) hash.update(readFileSync(join(root, file)));
  hash.update(`${process.platform} ${process.arch} ${packageManager}`);
  return hash.digest("hex");
}

/** Stops with a sentence where this Node is older than the packages support. */
function checkNode() {
  const [major = 0, minor = 0] = process.versions.node.split(".").map(Number);
  if (major > 20 || (major === 20 && minor >= 19)) return;
  throw new Error(
    `Node ${process.versions.node} is too old: this project needs Node 20.19 or newer. Install it from https://nodejs.org.`,
  );
}

/** Installs when needed. Resolves to true when it installed, false when everything was there. */
export async function bootstrap({ force = false } = {}) {
  checkNode();
  const wanted = digest();
  if (!force && existsSync(stampFile) && readFileSync(stampFile, "utf8").trim() === wanted) return false;
  const started = performance.now();
  console.error(`install: ${packageManager}, locked versions, no install scripts (the first time downloads about 400 MB) …`);
  const code = await run(pnpm("install", "--frozen-lockfile", "--ignore-scripts", "--reporter=append-only"), {
    stdio: ["ignore", 2, 2],
  });
  if (code !== 0) {
    throw new Error(
      `the install failed (exit code ${code}). Check the network; after changing dependencies run "npx ${packageManager} install" once to renew the lockfile.`,
    );
  }
  writeFileSync(stampFile, `${wanted}\n`);
  console.error(`install: done in ${((performance.now() - started) / 1000).toFixed(1)} s`);
  return true;
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  try {
    if (!(await bootstrap({ force: process.argv.includes("--force") }))) console.log("install: nothing to do");
  } catch (error) {
    console.error(error.message);
    process.exitCode = 1;
  }
}
