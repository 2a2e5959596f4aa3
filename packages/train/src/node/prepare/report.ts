/** What is in a folder: how many clips, why the others are not, and how many remain after each rule. */
import { join } from "node:path";
import { FoleyError } from "@foley-control/core";
import { type ClipOutcome, type ClipRow, countOutcomes, type PreparedManifest } from "../../data/clip-row.js";
import { type Funnel, funnel } from "../../data/funnel.js";
import { type CurationRule, defaultRules } from "../../data/rules.js";
import { readIndex } from "./index-file.js";
import { INDEX_FILE, readManifest } from "./manifest.js";

/** A report of a folder. */
export interface DatasetReport {
  /** What the features were made with. */
  readonly manifest: PreparedManifest;
  /** Clips by outcome. */
  readonly counts: Readonly<Record<ClipOutcome, number>>;
  /** Rules over all clips that have scores, whether they were encoded or not. */
  readonly funnel: Pick<Funnel, "steps"> & { readonly scored: number; readonly kept: number };
  /** Per score: how many clips have it, and its lowest, middle and highest values. */
  readonly scores: Readonly<Record<string, { readonly clips: number; readonly quantiles: readonly number[] }>>;
  /** Clips that could not be used. */
  readonly failed: readonly Pick<ClipRow, "source" | "start" | "reason">[];
  /** Different captions. */
  readonly captions: number;
}

/** Which quantiles a report gives of every score. */
export const REPORT_QUANTILES = [0, 0.1, 0.25, 0.5, 0.75, 0.9, 1] as const;

/**
 * Reads the index of a folder; no feature is touched.
 *
 * @param rules - default: those that are used when none are given
 */
export async function reportDataset(directory: string, rules?: readonly CurationRule[]): Promise<DatasetReport> {
  const manifest = await readManifest(directory);
  if (!manifest) {
    throw new FoleyError("bad-file", `There is no prepared dataset in ${directory}.`, {
      hint: "Make one with prepareDataset().",
    });
  }
  const rows = [...(await readIndex(join(directory, INDEX_FILE))).values()];
  const scored = rows.flatMap(({ scores, outcome }) => (scores && outcome !== "failed" ? [scores] : []));
  const { steps, kept } = funnel(scored, rules ?? defaultRules(manifest.audio.sampleRate));
  const scores: Record<string, { clips: number; quantiles: readonly number[] }> = {};
  for (const name of new Set(scored.flatMap((clip) => Object.keys(clip)))) {
    const values = Float64Array.from(scored.flatMap((clip) => clip[name] ?? [])).sort();
    const at = (share: number): number => values[Math.round(share * (values.length - 1))] as number;
    scores[name] = { clips: values.length, quantiles: values.length === 0 ? [] : REPORT_QUANTILES.map(at) };
  }
  return {
    manifest,
    counts: countOutcomes(rows),
    funnel: { steps, scored: scored.length, kept: kept.filter(Boolean).length },
    scores,
    failed: rows.filter(({ outcome }) => outcome === "failed").map(({ source, start, reason }) => ({ source, start, reason })),
    captions: new Set(rows.flatMap(({ outcome, texts }) => (outcome === "prepared" ? texts : []))).size,
  };
}
