/** `foley dataset prepare`: the source is read and the parts are opened before anything slow begins. */
import { FoleyError } from "@foley-control/core";
import type { ListFormat } from "@foley-control/media";
import { nodeRuntime } from "@foley-control/runtime/node";
import { parseRule } from "@foley-control/train";
import { type PrepareProgress, prepareDataset } from "@foley-control/train/node";
import { type Io, UsageError } from "../io.js";
import type { ComputeFlags, PartsFlags } from "../parts/options.js";
import { openFeatureParts } from "../parts/parts.js";
import { durationText } from "../terminal/duration.js";
import { createProgress } from "../terminal/progress.js";
import { outcomesText, printable } from "./show.js";

/** Flags of the command. */
export interface PrepareFlags extends PartsFlags, ComputeFlags {
  readonly output: string;
  readonly seconds?: number;
  readonly media?: string;
  readonly format?: ListFormat;
  readonly labels?: string;
  readonly split?: string;
  readonly text?: string;
  readonly textFrom?: "file" | "folder";
  readonly keep?: readonly string[];
  readonly all?: boolean;
  readonly share?: { readonly index: number; readonly count: number };
  readonly jobs?: number;
  readonly shard?: number;
  readonly maxClips?: number;
  readonly maxBytes?: number;
  readonly json?: boolean;
}

/** Prepares a dataset. */
export async function prepare(source: string, flags: PrepareFlags, io: Io): Promise<void> {
  if (flags.all && flags.keep) throw new UsageError("--all and --keep were both given. Give one of them.");
  if (flags.text !== undefined && flags.textFrom !== undefined)
    throw new UsageError("--text and --text-from were both given. Give one of them.");
  const rules = flags.all ? [] : flags.keep?.map(parseRule);
  const progress = createProgress(io, flags.quiet === true);
  await using runtime = nodeRuntime({ device: flags.device, threads: flags.threads });
  try {
    progress.say("opening the parts");
    const parts = await openFeatureParts(flags, io);
    const report = await prepareDataset(runtime, {
      source,
      directory: flags.output,
      parts,
      seconds: flags.seconds,
      media: flags.media,
      format: flags.format,
      labels: flags.labels,
      split: flags.split,
      share: flags.share,
      caption:
        flags.text !== undefined ? { text: flags.text } : flags.textFrom !== undefined ? { from: flags.textFrom } : undefined,
      rules,
      jobs: flags.jobs,
      clipsPerShard: flags.shard,
      clipsPerFile: flags.maxClips,
      maximumBytes: flags.maxBytes,
      signal: io.signal,
      onProgress: line(io, progress, flags.quiet === true),
    });
    progress.end();
    if (report.counts.prepared === 0) {
      throw new FoleyError("bad-file", `No clip of ${source} was prepared: ${outcomesText(report.counts)}.`, {
        hint: `See why with: foley dataset report ${printable(flags.output)}`,
      });
    }
    if (flags.json) {
      io.out(`${JSON.stringify({ directory: flags.output, ...report }, null, 2)}\n`);
      return;
    }
    const rate = report.worked / Math.max(report.seconds, 1e-3);
    io.out(
      `${flags.output}  ${outcomesText(report.counts)}; ${report.worked} worked on in ${durationText(report.seconds)} (${rate.toFixed(1)} a second)\n`,
    );
    io.out(`Next: foley dataset report ${printable(flags.output)}\n`);
  } finally {
    progress.end();
  }
}

/** A line with throughput and time left; at most one every ten seconds where there is no terminal. */
function line(io: Io, progress: ReturnType<typeof createProgress>, quiet: boolean): (report: PrepareProgress) => void {
  let last = Number.NEGATIVE_INFINITY;
  return ({ done, total, counts, clipsPerSecond, secondsLeft }) => {
    const now = performance.now();
    if (quiet || (!io.errIsTerminal && now - last < 10_000)) return;
    last = now;
    const left = secondsLeft === undefined ? "" : `  ${durationText(secondsLeft)} left`;
    const failed = counts.failed === 0 ? "" : `, ${counts.failed} failed`;
    progress.say(
      `${done}/${total} videos, ${counts.prepared} clips${failed}  ${clipsPerSecond.toFixed(1)}/s${left}`,
      done / total,
    );
  };
}
