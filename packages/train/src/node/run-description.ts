/** What a run is, for those who read its folder later: configuration, size, machine. */
import { cpus, release } from "node:os";
import { join } from "node:path";
import { writeFileAtomically } from "@foley-control/media/node";
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
  await writeFileAtomically(join(run.directory, RUN_FILE), new TextEncoder().encode(`${JSON.stringify(description, null, 2)}\n`));
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
