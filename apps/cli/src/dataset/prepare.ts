/** `foley dataset prepare`: the source is read and the parts are opened before anything slow begins. */

import { FoleyError } from "@foley-control/core";
import type { ListFormat } from "@foley-control/media";
import { parseRule } from "@foley-control/train";
import { type PrepareProgress, prepareDataset, type SceneSource } from "@foley-control/train/node";
import { type Io, UsageError } from "../io.js";
import type { ComputeFlags, PartsFlags } from "../parts/options.js";
import { openFeatureParts } from "../parts/parts.js";
import { openRuntime } from "../parts/runtime.js";
import { durationText } from "../terminal/duration.js";
import { printable, printJson } from "../terminal/print.js";
import { createProgress, type Progress, patiently } from "../terminal/progress.js";
import { outcomesText } from "./show.js";

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

/** `scenes:200` are rendered scenes, `scenes:200+16` some more to judge by; everything else is a path. */
function sourceOf(source: string): string | SceneSource {
  const [, scenes, heldOut = 0] = /^scenes:(\d+)(?:\+(\d+))?$/.exec(source) ?? [];
  return scenes === undefined ? source : { scenes: Number(scenes), heldOut: Number(heldOut) };
}

/** Prepares a dataset. */
export async function prepare(source: string, flags: PrepareFlags, io: Io): Promise<void> {
  if (flags.all && flags.keep) throw new UsageError("--all and --keep were both given. Give one of them.");
  if (flags.text !== undefined && flags.textFrom !== undefined)
    throw new UsageError("--text and --text-from were both given. Give one of them.");
  const rules = flags.all ? [] : flags.keep?.map(parseRule);
  using progress = createProgress(io, flags.quiet === true);
  await using runtime = await openRuntime(flags, io);
  progress.say("opening the parts");
  const parts = await openFeatureParts(flags, io);
  const report = await prepareDataset(runtime, {
    source: sourceOf(source),
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
    onProgress: patiently(io, flags.quiet === true, line(progress)),
  });
  progress.end();
  if (report.counts.prepared === 0) {
    throw new FoleyError("bad-file", `No clip of ${source} was prepared: ${outcomesText(report.counts)}.`, {
      hint: `See why with: foley dataset report ${printable(flags.output)}`,
    });
  }
  if (flags.json) return printJson(io, { directory: flags.output, ...report });
  const rate = report.worked / Math.max(report.seconds, 1e-3);
  io.out(
    `${flags.output}  ${outcomesText(report.counts)}; ${report.worked} worked on in ${durationText(report.seconds)} (${rate.toFixed(1)} a second)\n`,
  );
  io.out(`Next: foley dataset report ${printable(flags.output)}\n`);
}

/** A line with throughput and time left. */
const line =
  (progress: Progress) =>
  ({ done, total, counts, clipsPerSecond, secondsLeft }: PrepareProgress): void => {
    const left = secondsLeft === undefined ? "" : `  ${durationText(secondsLeft)} left`;
    const failed = counts.failed === 0 ? "" : `, ${counts.failed} failed`;
    progress.say(
      `${done}/${total} videos, ${counts.prepared} clips${failed}  ${clipsPerSecond.toFixed(1)}/s${left}`,
      done / total,
    );
  };
