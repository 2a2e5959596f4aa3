/**
 * `npm run bench -- real-videos FOLDER`: the model on filmed clips. Onsets of what it makes against the contacts in the clips, beside what chance
 * reaches and what it makes of another clip's picture.
 *
 *     npm run bench -- real-videos FOLDER --model FOLDER --seeds 3 --json
 *     npm run bench -- real-videos FOLDER --contacts             what the encoder finds, without any sound
 *
 * What a folder holds, and how it is scored: `real-videos/README.md`.
 */
import { parseArgs } from "node:util";
import { openMedia } from "@foley-control/media/node";
import { loadMini } from "@foley-control/mini/node";
import { createFoley } from "@foley-control/pipeline/node";
import { nodeRuntime } from "@foley-control/runtime/node";
import { soundOnsets } from "@foley-control/train";
import { textTable } from "./quality/report.js";
import { counts, type FilmedClip, otherClip, readClips } from "./real-videos/clips.js";
import { type Figure, type HeardClip, metronomeF1, onsetsPerContact, ownF1, shiftedF1 } from "./real-videos/score.js";

const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: {
    model: { type: "string" },
    contacts: { type: "boolean", default: false },
    seeds: { type: "string", default: "3" },
    json: { type: "boolean", default: false },
    threads: { type: "string" },
  },
});
const [folder] = positionals;
if (folder === undefined) {
  console.error("npm run bench -- real-videos FOLDER: bench/real-videos/README.md says what a folder holds.");
  process.exit(2);
}

await using runtime = nodeRuntime({ device: "cpu", ...(values.threads !== undefined && { threads: Number(values.threads) }) });
await using foley = await createFoley({ ...(await loadMini({ directory: values.model })), runtime });
const clips: readonly FilmedClip[] = await Promise.all(
  (await readClips(folder)).map(async (clip) => {
    using media = await openMedia(clip.path);
    return { ...clip, seconds: Math.min(clip.seconds, media.info.video?.duration ?? 0) };
  }),
);

/** What the model makes of a prompt with a picture, or finds in the picture, as long as both last. */
async function hear({ prompt, contacts, seconds }: FilmedClip, picture: FilmedClip): Promise<HeardClip> {
  const duration = Math.min(seconds, picture.seconds);
  const truth = { contacts: contacts.filter((time) => time <= duration), seconds: duration };
  if (values.contacts) {
    const { events } = await foley.findEvents({ video: picture.path, duration });
    return { ...truth, sounds: [events.map(({ time }) => time)] };
  }
  const sounds: (readonly number[])[] = [];
  for (let seed = 0; seed < Number(values.seeds); seed++) {
    const take = await foley.generate({ video: picture.path, prompt, seed, duration });
    const { channels, sampleRate } = take.pcm({ sampleRate: "native" });
    sounds.push(soundOnsets(channels, sampleRate));
  }
  return { ...truth, sounds };
}

interface Heard {
  readonly clip: FilmedClip;
  readonly own: HeardClip;
  readonly other: HeardClip | undefined;
}
const heard: Heard[] = [];
for (const clip of clips) {
  const other = otherClip(clip, clips);
  heard.push({ clip, own: await hear(clip, clip), other: other && (await hear(clip, other)) });
}

function row(of: string, some: readonly Heard[]) {
  const own = some.map((one) => one.own);
  const others = some.flatMap(({ other }) => other ?? []);
  return {
    of,
    clips: some.length,
    contacts: some.reduce((sum, { clip }) => sum + clip.contacts.length, 0),
    f1At100: ownF1(own, 0.1),
    shifted: shiftedF1(own, 0.1),
    otherVideo: others.length > 0 ? ownF1(others, 0.1) : undefined,
    metronome: metronomeF1(own, 0.1),
    f1At50: ownF1(own, 0.05),
    shiftedAt50: shiftedF1(own, 0.05),
    onsetsPerContact: onsetsPerContact(own),
  };
}

const counted = heard.filter(({ clip }) => counts(clip));
const kinds = [...new Set(clips.map(({ kind }) => kind))].sort(
  (a, b) => Number(counts({ kind: b })) - Number(counts({ kind: a })),
);
const rows = [
  ...(counted.length > 0 ? [row("all", counted)] : []),
  ...kinds.map((kind) =>
    row(
      counts({ kind }) ? kind : `(${kind})`,
      heard.filter(({ clip }) => clip.kind === kind),
    ),
  ),
];

if (values.json) {
  const rounded = (times: readonly number[]): readonly number[] => times.map((time) => Math.round(time * 1000) / 1000);
  const sounds = heard.map(({ clip, own, other }) => ({
    clip: clip.file,
    kind: clip.kind,
    contacts: clip.contacts,
    onsets: own.sounds.map(rounded),
    onsetsWithOtherVideo: other?.sounds.map(rounded),
  }));
  process.stdout.write(`${JSON.stringify({ rows, sounds })}\n`);
} else {
  const shown = ({ value, low, high }: Figure): string => `${value.toFixed(2)} (${low.toFixed(2)}–${high.toFixed(2)})`;
  const text = (value: unknown) =>
    typeof value === "object" ? shown(value as Figure) : value === undefined ? value : String(value);
  const what = values.contacts ? "contacts that the encoder finds" : `onsets of ${values.seeds} sounds per clip`;
  const title = `${what}, with intervals of 90 % over clips; kinds in brackets do not count`;
  process.stdout.write(
    textTable(
      title,
      rows.map((one) => Object.fromEntries(Object.entries(one).map(([key, value]) => [key, text(value)]))),
    ),
  );
}
