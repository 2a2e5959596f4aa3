/** What a run is, for those who read its folder later: configuration, size, machine. */
import { cpus, release } from "node:os";
import { join } from "node:path";
import { writeJsonFile } from "@foley-control/files/node";
import type { RunDescription } from "../log/description.js";

/** File name of the description in the folder of a run. */
export const RUN_FILE = "run.json";

/** Writes `run.json` anew: a run that goes on may do so on another machine. */
export async function saveRunDescription(run: {
  readonly directory: string;
  readonly steps: number;
  readonly clipsPerStep?: number | undefined;
  readonly fingerprint: string;
  readonly environment?: Readonly<Record<string, string>> | undefined;
}): Promise<void> {
  const description: RunDescription = {
    steps: run.steps,
    ...(run.clipsPerStep !== undefined && { clipsPerStep: run.clipsPerStep }),
    configuration: configurationOf(run.fingerprint),
    environment: { ...thisMachine(), ...run.environment },
  };
  await writeJsonFile(join(run.directory, RUN_FILE), description);
}

function thisMachine(): Record<string, string> {
  const processors = cpus();
  return {
    node: process.version,
    platform: `${process.platform} ${release()} ${process.arch}`,
    processor: `${processors.length} × ${processors[0]?.model.trim() ?? "unknown"}`,
  };
}

function configurationOf(fingerprint: string): unknown {
  try {
    return JSON.parse(fingerprint);
  } catch {
    return fingerprint;
  }
}
