/** Benchmarks of the field: which list names their clips, which files hold them, and what of them is true. */

import type { ListFormat } from "@foley-control/media";
import { byId } from "../by-id.js";

/** One clip of a benchmark, as far as its files are there. */
export interface BenchmarkClip {
  /** Name that generated sounds are paired by, without ending. */
  readonly id: string;
  /** Path of the video, if there is one. */
  readonly video?: string | undefined;
  /** Path of the true sound, if there is one; often that of the video. */
  readonly audio?: string | undefined;
  /** What should be heard, in words. */
  readonly caption?: string | undefined;
  /** Times of events that people marked, seconds from the beginning of the clip. */
  readonly onsets?: readonly number[] | undefined;
  /** Where the clip begins in its files, seconds; 0 for files that are cut. */
  readonly start: number;
  /** Length in seconds; `undefined`: to the end of the file. */
  readonly seconds?: number | undefined;
}

/** Something that the list names and the folder lacks. */
export interface MissingFile {
  /** The clip. */
  readonly id: string;
  /** What is missing. */
  readonly what: "video" | "audio" | "onsets";
  /** Names that were looked for, without ending. */
  readonly names: readonly string[];
}

/** A benchmark as it lies on the disk. */
export interface Benchmark {
  /** Id of its layout. */
  readonly layout: string;
  /** Clips that the list names, in its order, whether or not their files are there. */
  readonly clips: readonly BenchmarkClip[];
  /** What is not there; clips without any file are in `clips` too. */
  readonly missing: readonly MissingFile[];
  /** Clips of the whole benchmark, where that is known: the numbers of a part of it do not compare. */
  readonly published: number | undefined;
}

/** How the files of a benchmark lie. */
export interface BenchmarkLayout {
  /** What it is asked for by. */
  readonly id: string;
  /** What it is, one sentence. */
  readonly about: string;
  /** Format of its list; `"names"`: one name per line. */
  readonly formats: readonly (ListFormat | "names")[];
  /** Names that the list has as published; looked for directly in the folder when no list is given. */
  readonly lists: readonly string[];
  /** Names of the split that counts, where the list tells several. */
  readonly splits?: readonly string[];
  /** What every clip must have. */
  readonly needs: readonly MissingFile["what"][];
  /** Whether what is heard in the video is true. */
  readonly trueSound: boolean;
  /** Ends of the names of files that belong to one clip, in order of preference. */
  readonly suffixes: readonly string[];
  /** End of the name of a text file with the time of an event at the beginning of each line. */
  readonly onsets?: string;
  /** Clips of the whole. */
  readonly published?: number;
}

/** All layouts. */
export const benchmarkLayouts: readonly BenchmarkLayout[] = [
  {
    id: "moviegen",
    about:
      "Movie Gen Audio Bench: 527 generated videos with prompts. The sound in them is another system's, so nothing heard is true.",
    formats: ["moviegen"],
    lists: ["MovieGenAudioBenchSfx.jsonl", "MovieGenAudioBenchSfxMusic.jsonl"],
    needs: ["video"],
    trueSound: false,
    suffixes: [""],
    published: 527,
  },
  {
    id: "vggsound",
    about: "VGGSound, test split: videos of 10 s of which 8 s are evaluated, with a label each.",
    formats: ["vggsound"],
    lists: ["vgg-test.tsv", "test.csv", "vggsound.csv"],
    splits: ["test"],
    needs: ["video", "audio"],
    trueSound: true,
    suffixes: [""],
  },
  {
    id: "kinetics-700",
    about: "Kinetics-700, validation split: videos of people doing things, of about 10 s, with a label each.",
    formats: ["kinetics"],
    lists: ["val.csv", "validate.csv", "kinetics700_val.csv"],
    splits: ["val", "validate", "validation"],
    needs: ["video", "audio"],
    trueSound: true,
    suffixes: [""],
  },
  {
    id: "audiocaps",
    about: "AudioCaps, test split: sounds of 10 s with captions that people wrote; a clip per caption.",
    formats: ["audiocaps"],
    lists: ["test.csv", "AudioCaps_audioldm_data.csv", "AudioCaps_full_data.csv"],
    needs: ["audio"],
    trueSound: true,
    suffixes: [""],
  },
  {
    id: "greatest-hits",
    about: "The Greatest Hits: a drumstick on things, with the times of its strokes.",
    formats: ["names", "greatest-hits"],
    lists: ["test.txt", "greatesthit.csv"],
    needs: ["video", "audio", "onsets"],
    trueSound: true,
    suffixes: ["_denoised", "", "_mic"],
    onsets: "_times",
  },
];

/**
 * The layout of an id.
 *
 * @throws FoleyError `invalid-argument` for an unknown one; the message lists all.
 */
export const benchmarkLayout = (id: string): BenchmarkLayout => byId("benchmark", benchmarkLayouts, id);
