/** Runs the tools that the checks stand on, and turns one command into one counted check. */
import { type ChildProcess, spawn } from "node:child_process";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { type Counts, report } from "./step.js";

/** The checkout. */
export const root = fileURLToPath(new URL("../..", import.meta.url));

/** Where the steps leave their reports and packed packages; ignored by git. */
export const outputFolder = join(root, "out", "check");

/** What a command did. */
export interface CommandResult {
  readonly code: number;
  /** stdout and stderr together, in order. */
  readonly output: string;
  /** stdout alone. */
  readonly stdout: string;
  /** stderr alone. */
  readonly stderr: string;
  readonly seconds: number;
}

/** How to run a command. */
export interface CommandOptions {
  /** Working directory; default the checkout. */
  readonly cwd?: string;
  /** Also shows the output as it comes; default false. */
  readonly stream?: boolean;
  /** Added to the environment. */
  readonly env?: Readonly<Record<string, string>>;
}

const running = new Set<ChildProcess>();

/** Ends every command that is running. */
export function stopCommands(): void {
  for (const child of running) child.kill();
}

/** Runs a command without a terminal or stdin and collects what it printed. */
export function runCommand(command: readonly string[], options: CommandOptions = {}): Promise<CommandResult> {
  const started = performance.now();
  return new Promise((resolve, reject) => {
    const [name = "", ...args] = command;
    const child = spawn(name, args, {
      cwd: options.cwd ?? root,
      env: { ...process.env, ...options.env },
      stdio: ["ignore", "pipe", "pipe"],
      shell: process.platform === "win32",
    });
    running.add(child);
    child.on("close", () => running.delete(child));
    let output = "";
    let stdout = "";
    let stderr = "";
    child.stdout.on("data", (chunk: Buffer) => {
      output += chunk.toString();
      stdout += chunk.toString();
      if (options.stream) process.stdout.write(chunk);
    });
    child.stderr.on("data", (chunk: Buffer) => {
      output += chunk.toString();
      stderr += chunk.toString();
      if (options.stream) process.stderr.write(chunk);
    });
    child.on("error", (error) => reject(new Error(`could not start "${command.join(" ")}": ${error.message}`)));
    child.on("close", (code) =>
      resolve({ code: code ?? 1, output, stdout, stderr, seconds: (performance.now() - started) / 1000 }),
    );
  });
}

/** One command, one check: exit code 0 passes; otherwise its output is shown. */
export async function checkCommand(name: string, command: readonly string[], options: CommandOptions = {}): Promise<Counts> {
  const result = await runCommand(command, options);
  return report(name, result.code === 0 ? [] : [result.output.trim() || `exit code ${result.code}`], result.seconds);
}
