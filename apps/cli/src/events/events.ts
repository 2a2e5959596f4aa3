/** `foley events`: what is found in a clip, as a table, a file to edit, a plot, or rings in the picture. */
import { basename, extname } from "node:path";
import { FoleyError } from "@foley-control/core";
import { assertWritable, writeFileAtomically } from "@foley-control/files/node";
import { containerFromPath, openMedia, writeEvents } from "@foley-control/media/node";
import { createFoley, type FoundEvents } from "@foley-control/pipeline/node";
import type { Io } from "../io.js";
import type { ComputeFlags, PartsFlags } from "../parts/options.js";
import { printJson } from "../terminal/print.js";
import { createProgress } from "../terminal/progress.js";
import { painter } from "../terminal/style.js";
import { eventFormat } from "./event-file.js";
import { writeOverlay } from "./overlay.js";
import { eventsPage, eventsSvg } from "./plot.js";
import { trackText } from "./table.js";

/** Flags of the command. */
export interface EventsFlags extends Pick<PartsFlags, "model">, ComputeFlags {
  readonly output?: readonly string[];
  readonly threshold?: number;
  readonly start?: number;
  readonly duration?: number;
  readonly tolerant?: boolean;
  readonly json?: boolean;
  readonly quiet?: boolean;
}

/** Looks at one clip. */
export async function events(video: string, flags: EventsFlags, io: Io): Promise<void> {
  const { signal } = io;
  const outputs = flags.output ?? [];
  for (const path of outputs) {
    assertKnown(path);
    await assertWritable(path, [video]);
  }
  const onError = flags.tolerant ? "hold" : "throw";
  using progress = createProgress(io, flags.quiet === true);
  await using foley = await createFoley({ model: flags.model, runtime: { device: flags.device } });
  const found = await foley.findEvents({
    video,
    start: flags.start,
    duration: flags.duration,
    threshold: flags.threshold,
    onError,
    signal,
    onProgress: progress.listen,
  });
  const { curve } = found;
  const duration = curve.logits.length / curve.frameRate;
  for (const path of outputs) {
    const text = textOf(path, found, basename(video));
    if (text !== undefined) {
      await writeFileAtomically(path, new TextEncoder().encode(text), { inputs: [video], signal });
      continue;
    }
    progress.say(`drawing ${path}`);
    using media = await openMedia(video, { onError, signal });
    const rest = (media.info.video?.duration ?? duration) - curve.start;
    await writeOverlay(media, found.events, path, { start: curve.start, duration: Math.min(duration, rest), onError, signal });
  }
  progress.end();
  if (flags.json) {
    const { encoder, threshold } = found;
    const track = JSON.parse(writeEvents(found.events, "json")) as { readonly events: unknown };
    return printJson(io, { file: video, start: curve.start, duration, encoder, threshold, events: track.events, files: outputs });
  }
  io.out(trackText(found.events, duration, painter(io.outIsTerminal, io.env)));
  for (const path of outputs) io.out(`${path}\n`);
}

/** Names that say what is to be written: those of event files, plots and videos. */
function assertKnown(path: string): void {
  const extension = extname(path).toLowerCase();
  if (eventFormat(extension) !== undefined || extension === ".svg" || extension === ".html") return;
  try {
    containerFromPath(path);
  } catch (cause) {
    const ends = extension === "" ? "no extension" : `"${extension}"`;
    throw new FoleyError("unsupported", `"${path}" ends in ${ends}; .json, .csv, .svg, .html or a video's was expected.`, {
      hint: "Rename the output.",
      cause,
    });
  }
}

/** What goes into a file of text; `undefined` for a video. */
function textOf(path: string, found: FoundEvents, clip: string): string | undefined {
  const extension = extname(path).toLowerCase();
  const format = eventFormat(extension);
  if (format) return writeEvents(found.events, format, { clip });
  if (extension === ".svg") return eventsSvg(found);
  return extension === ".html" ? eventsPage(found, clip) : undefined;
}
