/**
 * `foley dataset prepare`: from videos to feature shards. Clips are worked on in parallel and written in the order of the source; what is
 * there is kept, a file that cannot be used becomes a row that says why, and a kill loses at most the clips of one shard.
 */
import { readdir } from "node:fs/promises";
import { join } from "node:path";
import { FoleyError, type Runtime } from "@foley-control/core";
import { withFolderLock } from "@foley-control/files/node";
import { type ClipOutcome, type ClipRow, countOutcomes } from "../../data/clip-row.js";
import type { ClipScorer } from "../../data/clip-scorer.js";
import { inOrder } from "../../data/in-order.js";
import { type CurationRule, defaultRules, type FixedRule, fulfils, isFixed } from "../../data/rules.js";
import { readIndex } from "./index-file.js";
import { claimManifest, INDEX_FILE, manifestDigest } from "./manifest.js";
import { type FeatureParts, type LoadedParts, loadParts } from "./parts.js";
import { type PlannedClip, planClips } from "./plan-clips.js";
import { type ClipWork, prepareClip, type WorkedClip } from "./prepare-clip.js";
import { type SceneSource, sceneEntries } from "./scene-source.js";
import { shardWriter } from "./shard-writer.js";
import { openSource, type SourceEntry, type SourceFile, type SourceOptions } from "./sources.js";

/** Sizes of {@link prepareDataset} when none are given. */
export const PREPARE_DEFAULTS = {
  seconds: 4,
  jobs: 2,
  clipsPerShard: 256,
  shardBytes: 256 * 2 ** 20,
  clipsPerFile: 1000,
  maximumBytes: 16 * 2 ** 30,
} as const;

/** How far a preparation is. */
export interface PrepareProgress {
  /** Entries of the source that are done with. An entry may give several clips. */
  readonly done: number;
  /** Entries of the source. */
  readonly total: number;
  /** Clips so far by outcome, of this run and those before. */
  readonly counts: Readonly<Record<ClipOutcome, number>>;
  /** Clips that were worked on per second, in this run. */
  readonly clipsPerSecond: number;
  /** Estimate; `undefined` until something was worked on. */
  readonly secondsLeft: number | undefined;
}

/** What {@link prepareDataset} needs. */
export interface PrepareDatasetOptions extends SourceOptions {
  /** Folder of videos, list or tar archive, or scenes to render. */
  readonly source: string | SceneSource;
  /** Folder of the shards; made when it is not there. One run at a time. */
  readonly directory: string;
  /** What makes the features. */
  readonly parts: FeatureParts;
  /** Length of every clip, seconds. Longer entries give several. Default 4. */
  readonly seconds?: number | undefined;
  /** Rules that a clip must fulfil to be encoded; percentiles are for later. Default: `defaultRules`. */
  readonly rules?: readonly CurationRule[] | undefined;
  /** Scorers of one's own. Default: none. */
  readonly scorers?: readonly ClipScorer[] | undefined;
  /** Clips that are worked on at once. Each holds its pictures in memory as float32. Default 2. */
  readonly jobs?: number | undefined;
  /** Most clips of a shard. Default 256; a shard of 256 MiB is full before. */
  readonly clipsPerShard?: number | undefined;
  /** Most clips of one entry. Default 1000. */
  readonly clipsPerFile?: number | undefined;
  /** Larger files are not read, bytes. Default 16 GiB. */
  readonly maximumBytes?: number | undefined;
  /** Stops the work; what is finished is written, and `signal.reason` is thrown. */
  readonly signal?: AbortSignal | undefined;
  /** Hears how far it is, after every entry. */
  readonly onProgress?: (progress: PrepareProgress) => void;
}

/** What became of a preparation. */
export interface PrepareReport {
  /** Clips by outcome, of this run and those before. */
  readonly counts: Readonly<Record<ClipOutcome, number>>;
  /** Clips that this run worked on; the others were done. */
  readonly worked: number;
  /** Seconds that the run took. */
  readonly seconds: number;
}

/**
 * Prepares a dataset, or goes on with one.
 *
 * @throws FoleyError `bad-file` for a source that cannot be read; `invalid-argument` for options, and for a folder that was prepared with
 * other parts; `not-writable` for a full disk or while another run writes the folder; `missing-dependency` without video decoders
 * @example
 * ```ts
 * const { backbone, encoder } = await loadMini();
 * await prepareDataset(runtime, { source: "videos", directory: "features", parts: { encoder, backbone } });
 * ```
 */
export async function prepareDataset(runtime: Runtime, options: PrepareDatasetOptions): Promise<PrepareReport> {
  const settings = checked(options);
  const { signal, directory, source, parts } = options;
  signal?.throwIfAborted();
  const entries = await openSource(typeof source === "string" ? source : sceneEntries(source, parts, settings.seconds), options);
  return withFolderLock(
    directory,
    async () => {
      const loaded = await loadParts(runtime, parts, settings.seconds, { signal });
      try {
        await claimManifest(directory, loaded.manifest);
        return await work(entries, loaded, options, settings);
      } finally {
        await loaded.dispose();
      }
    },
    { signal },
  );
}

type Settings = ReturnType<typeof checked>;

function checked(options: PrepareDatasetOptions) {
  const settings = {
    seconds: options.seconds ?? PREPARE_DEFAULTS.seconds,
    jobs: options.jobs ?? PREPARE_DEFAULTS.jobs,
    clipsPerShard: options.clipsPerShard ?? PREPARE_DEFAULTS.clipsPerShard,
    clipsPerFile: options.clipsPerFile ?? PREPARE_DEFAULTS.clipsPerFile,
    maximumBytes: options.maximumBytes ?? PREPARE_DEFAULTS.maximumBytes,
  };
  for (const [name, value] of Object.entries(settings)) {
    const whole = name !== "seconds";
    if (!(value > 0) || !Number.isFinite(value) || (whole && !Number.isSafeInteger(value)))
      throw new FoleyError(
        "invalid-argument",
        `options.${name} is ${value}; a ${whole ? "whole " : ""}number above 0 was expected.`,
      );
  }
  const rules = (options.rules ?? defaultRules(options.parts.backbone.codec.sampleRate)).map((rule): FixedRule => {
    if (isFixed(rule)) return rule;
    throw new FoleyError("invalid-argument", `The rule ${rule.text} needs the scores of all clips, which are not known yet.`, {
      hint: "Use percentiles in reports and in training.",
    });
  });
  return { ...settings, rules };
}

async function work(
  entries: readonly SourceEntry[],
  loaded: LoadedParts,
  options: PrepareDatasetOptions,
  settings: Settings,
): Promise<PrepareReport> {
  const { signal, directory } = options;
  const index = join(directory, INDEX_FILE);
  const rows = await readIndex(index, { repair: true });
  await checkShards(directory, rows.values());
  const byContent = new Map(
    [...rows.values()].flatMap((row) => (row.id && row.outcome !== "duplicate" ? [[row.id, row.key]] : [])),
  );
  const digests = new Map([...rows.values()].map(({ source }) => [digestKey(source), source.sha256]));
  const writer = shardWriter({
    directory,
    index,
    rows,
    clips: settings.clipsPerShard,
    bytes: PREPARE_DEFAULTS.shardBytes,
    partsDigest: manifestDigest(loaded.manifest),
    text: (caption) => loaded.text(caption, { signal }),
  });
  const clipWork: ClipWork = {
    loaded,
    rules: settings.rules,
    scorers: options.scorers ?? [],
    signal,
  };
  const counts = { ...countOutcomes(rows.values()) };
  const begun = performance.now();
  let [worked, done, touched] = [0, 0, 0];
  /** A new row for what the index does not say already. */
  const keep = async (clip: WorkedClip): Promise<void> => {
    const before = rows.get(clip.row.key);
    if (
      before &&
      before.outcome === clip.row.outcome &&
      before.reason === clip.row.reason &&
      before.id === clip.row.id &&
      !clip.features
    )
      return;
    if (before) counts[before.outcome]--;
    counts[clip.row.outcome]++;
    rows.set(clip.row.key, clip.row);
    await writer.add(clip);
  };
  const report = (): void => {
    const seconds = (performance.now() - begun) / 1000;
    options.onProgress?.({
      done,
      total: entries.length,
      counts: { ...counts },
      clipsPerSecond: worked / Math.max(seconds, 1e-3),
      secondsLeft: touched === 0 ? undefined : (seconds / touched) * (entries.length - done),
    });
  };

  const planned = inOrder(entries, settings.jobs, (entry) =>
    planClips(entry, {
      ...settings,
      knownDigest: (file) => digests.get(digestKey(file)),
      signal,
    }),
  );
  /** Clips of all entries; `last` on the last of an entry. */
  async function* clips(): AsyncGenerator<Step, void, undefined> {
    for await (const plan of planned) {
      signal?.throwIfAborted();
      if (!Array.isArray(plan)) {
        yield { done: { row: plan as ClipRow }, last: true };
        continue;
      }
      for (const [i, clip] of (plan as PlannedClip[]).entries()) {
        const last = i === plan.length - 1;
        const { row } = clip;
        const first = byContent.get(row.id as string);
        if (first !== undefined && first !== row.key) {
          yield { done: { row: { ...row, outcome: "duplicate", reason: `The same as ${first}.` } }, last };
        } else if (isSettled(rows.get(row.key), row.id as string, settings.rules)) {
          yield { last };
        } else {
          byContent.set(row.id as string, row.key);
          yield { clip, last };
        }
      }
    }
  }
  try {
    const results = inOrder(clips(), settings.jobs, async ({ clip, done: known, last }) => ({
      result: clip ? await prepareClip(clip, clipWork) : known,
      fresh: clip !== undefined,
      last,
    }));
    for await (const { result, fresh, last } of results) {
      if (fresh) worked++;
      if (result) {
        touched += last ? 1 : 0;
        await keep(result);
      }
      if (!last) continue;
      done++;
      report();
    }
  } finally {
    // Also when it was stopped: what is finished is not done again.
    await writer.flush();
  }
  return { counts, worked, seconds: (performance.now() - begun) / 1000 };
}

/** Shards that the index names must be there: other shards may have captions in them. */
async function checkShards(directory: string, rows: Iterable<ClipRow>): Promise<void> {
  const there = new Set(await readdir(directory));
  for (const { place, textPlaces = [] } of rows) {
    const lost = [place, ...textPlaces].find((each) => each && !there.has(each.shard));
    if (lost) {
      throw new FoleyError("bad-file", `${join(directory, lost.shard)} is not there, which the index names.`, {
        hint: "Restore it, or delete the folder and prepare it again.",
      });
    }
  }
}

/** A clip to work on, a row that needs no work, or neither: what is done already. */
interface Step {
  readonly clip?: PlannedClip;
  readonly done?: WorkedClip;
  readonly last: boolean;
}

const digestKey = ({ path, bytes, modified }: ClipRow["source"] | SourceFile): string => `${path}\0${bytes}\0${modified}`;

/** Whether nothing would change: features are there, or a score that is known still breaks a rule. */
function isSettled(row: ClipRow | undefined, id: string, rules: readonly FixedRule[]): boolean {
  if (row?.id !== id) return false;
  if (row.outcome === "prepared") return true;
  const { scores } = row;
  return (
    row.outcome === "rejected" && scores !== undefined && rules.some((rule) => rule.score in scores && !fulfils(scores, rule))
  );
}
