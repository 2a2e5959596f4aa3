/** What an evaluation ended in, for every form that it is told in. */
import { type EvaluationPreset, type EvaluationReport, jsonOf, type MissingFile } from "@foley-control/metrics/node";
import type { GeneratedSet } from "./generate-set.js";

/** Everything that is said of an evaluation. */
export interface Outcome {
  readonly preset: EvaluationPreset;
  readonly reports: readonly EvaluationReport[];
  /** Sounds that were made first, and the seed that theirs were drawn from. */
  readonly generated: (GeneratedSet & { readonly seed: number | string }) | undefined;
  /** Files that the list of a benchmark names and its folder lacks. */
  readonly missing: readonly MissingFile[];
  /** Clips of the whole benchmark, where that is known. */
  readonly published: number | undefined;
  /** Clips with something true. */
  readonly clips: number;
}

/** The outcome as JSON, as `jsonOf` writes reports, with what only the command knows. */
export function outcomeJson({ preset, reports, ...rest }: Outcome, html: string | undefined): string {
  const { id, about, metrics } = preset;
  const plain = JSON.parse(jsonOf(reports)) as object;
  return `${JSON.stringify({ ...plain, preset: { id, about, metrics }, ...rest, html }, null, 2)}\n`;
}
