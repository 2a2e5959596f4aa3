/** `foley generate`: outputs are checked before anything slow begins, and written whole or not at all. */

import { existsSync } from "node:fs";
import { basename, dirname, extname, join } from "node:path";
import { type EventTrack, FoleyError } from "@foley-control/core";
import { assertWritable } from "@foley-control/files/node";
import { containerFromPath, type OriginalSound, openMedia, writeEvents } from "@foley-control/media/node";
import { createFoley, soundExtension } from "@foley-control/pipeline/node";
import { readEventFile } from "../events/event-file.js";
import { type Io, UsageError } from "../io.js";
import type { ComputeFlags, PartsFlags } from "../parts/options.js";
import { openFoleyParts } from "../parts/parts.js";
import { printJson } from "../terminal/print.js";
import { createProgress } from "../terminal/progress.js";
import { jsonSeed } from "../values.js";

/** Flags of the command. */
export interface GenerateFlags extends PartsFlags, ComputeFlags {
  readonly prompt?: string;
  readonly negativePrompt?: string;
  readonly seed?: number | bigint;
  readonly steps?: number;
  readonly guidance?: number;
  readonly videoGuidance?: number;
  readonly videoStrength?: number;
  readonly sampler?: string;
  readonly events?: string;
  readonly start?: number;
  readonly duration?: number;
  readonly output?: string;
  readonly audio?: string;
  readonly original: OriginalSound;
  readonly tolerant?: boolean;
  readonly precision: "float32" | "float16" | "int8";
  readonly force?: boolean;
  readonly json?: boolean;
  readonly verbose?: boolean;
  readonly quiet?: boolean;
}

/** Makes sound for one clip. */
export async function generate(video: string, argument: string | undefined, flags: GenerateFlags, io: Io): Promise<void> {
  if (argument !== undefined && flags.prompt !== undefined)
    throw new UsageError("The prompt was given twice: as an argument and with --prompt. Give it once.");
  const output = await chooseOutput(video, flags);
  if (flags.audio !== undefined) {
    soundExtension(flags.audio);
    await assertWritable(flags.audio, [video]);
  }
  const events = flags.events === undefined ? undefined : await eventsFor(video, flags.events, flags);
  using progress = createProgress(io, flags.quiet === true);
  const { signal } = io;
  const opened = await openFoleyParts(flags, io);
  progress.listen({ type: "load-start", part: "model" });
  await using foley = await createFoley({
    ...opened,
    runtime: { device: flags.device, precision: flags.precision },
  });
  const take = await foley.generate({
    video,
    events,
    prompt: argument ?? flags.prompt,
    negativePrompt: flags.negativePrompt,
    seed: flags.seed,
    steps: flags.steps,
    guidanceScale: flags.guidance,
    videoGuidanceScale: flags.videoGuidance,
    videoStrength: flags.videoStrength,
    solver: flags.sampler as never,
    start: flags.start,
    duration: flags.duration,
    onError: flags.tolerant ? "hold" : "throw",
    signal,
    onProgress: progress.listen,
  });
  if (output !== undefined) await take.saveVideo(output, { originalAudio: flags.original, signal, onProgress: progress.listen });
  if (flags.audio !== undefined) await take.saveAudio(flags.audio, { signal });
  progress.end();
  const { settings, warnings, milliseconds, parts } = take.diagnostics;
  if (!flags.quiet) for (const warning of warnings) io.err(`Note: ${warning}\n`);
  if (flags.verbose)
    io.err(
      `${Object.entries(milliseconds)
        .map(([part, ms]) => `${part} ${Math.round(ms)} ms`)
        .join(", ")}\n`,
    );
  if (flags.json) {
    printJson(io, {
      video: output ?? null,
      audio: flags.audio ?? null,
      start: take.start,
      duration: take.duration,
      events: (JSON.parse(writeEvents(take.events, "json")) as { readonly events: unknown }).events,
      onsets: take.onsets().times.map((time) => Math.round(time * 1e4) / 1e4),
      settings: { ...settings, seed: jsonSeed(settings.seed) },
      parts,
      milliseconds: Object.fromEntries(Object.entries(milliseconds).map(([part, ms]) => [part, Math.round(ms)])),
      warnings,
    });
  } else {
    for (const path of [output, flags.audio]) if (path !== undefined) io.out(`${path}\n`);
  }
}

/** The events of a file, held against the clip that they belong to. */
async function eventsFor(video: string, path: string, { tolerant }: GenerateFlags): Promise<EventTrack> {
  using media = await openMedia(video, { onError: tolerant ? "hold" : "throw" });
  const { duration, fps } = media.info.video ?? {};
  return readEventFile(path, { duration, frameRate: fps });
}

/** The video to write: as named, else beside the clip; none when only sound is wanted. */
async function chooseOutput(video: string, flags: GenerateFlags): Promise<string | undefined> {
  if (flags.output === undefined && flags.audio !== undefined) return undefined;
  const output = flags.output ?? defaultOutput(video);
  containerFromPath(output);
  await assertWritable(output, [video]);
  if (flags.output === undefined && flags.force !== true && existsSync(output)) {
    throw new FoleyError("not-writable", `"${output}" is there already.`, {
      hint: "Choose a name with -o, or overwrite it with --force.",
    });
  }
  return output;
}

function defaultOutput(video: string): string {
  const extension = extname(video).toLowerCase();
  const kept = [".mp4", ".m4v", ".mov", ".webm", ".mkv"].includes(extension) ? extension : ".mp4";
  return join(dirname(video), `${basename(video, extname(video))}.foley${kept}`);
}
