/** The funnel: how many clips remain after each rule, from scores alone. */
import { type ClipScores, type CurationRule, type FixedRule, fulfils, resolveRules } from "./rules.js";

/** One step of the funnel. */
export interface FunnelStep {
  /** What a clip had to be. */
  readonly rule: string;
  /** Clips before it. */
  readonly before: number;
  /** Clips after it. */
  readonly after: number;
  /** Clips that break this rule, whatever came before: what the rule alone would cost. */
  readonly alone: number;
}

/** How many clips each rule leaves. */
export interface Funnel {
  /** Rules in order. */
  readonly steps: readonly FunnelStep[];
  /** Which of the clips remain. */
  readonly kept: readonly boolean[];
}

/** Runs clips through rules in their order. */
export function funnel(clips: readonly ClipScores[], rules: readonly CurationRule[]): Funnel {
  const kept = clips.map(() => true);
  const steps = resolveRules(rules, clips).map((rule: FixedRule, index) => {
    const before = kept.filter(Boolean).length;
    let alone = 0;
    clips.forEach((scores, i) => {
      if (fulfils(scores, rule)) return;
      alone++;
      kept[i] = false;
    });
    const text = (rules[index] as CurationRule).text;
    const shown = "percentile" in (rules[index] as CurationRule).limit ? `${text} (${rule.limit.value.toPrecision(4)})` : text;
    return { rule: shown, before, after: kept.filter(Boolean).length, alone };
  });
  return { steps, kept };
}
