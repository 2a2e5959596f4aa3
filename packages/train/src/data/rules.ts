/**
 * Which clips are used: a query over their scores, such as `silentShare<=0.8`. Every threshold is a value that can change later without
 * scoring again, since no paper says its own (see docs/guides/prepare-a-dataset.md).
 */
import { FoleyError } from "@foley-control/core";

/** Scores of a clip by name; `null` where the clip has none, as loudness without sound. */
export type ClipScores = Readonly<Record<string, number | null>>;

/** One condition on one score. */
export interface CurationRule {
  /** As it was written. */
  readonly text: string;
  /** Name of the score. */
  readonly score: string;
  /** How it is compared. */
  readonly comparison: "<" | "<=" | ">" | ">=" | "=" | "!=";
  /** With what: a number, or a percentile 0..100 of all clips' scores. */
  readonly limit: { readonly value: number } | { readonly percentile: number };
}

const RULE = /^\s*([A-Za-z][\w.-]*)\s*(<=|>=|!=|<|>|=)\s*(?:p(\d+(?:\.\d+)?)|([+-]?(?:\d+\.?\d*|\.\d+)(?:e[+-]?\d+)?))\s*$/i;

/**
 * Reads a rule: a score, one of `<`, `<=`, `>`, `>=`, `=`, `!=`, and a number or a percentile as in `loudness>=p25`.
 *
 * @throws FoleyError `invalid-argument`
 */
export function parseRule(text: string): CurationRule {
  const match = RULE.exec(text);
  const percentile = match?.[3] === undefined ? undefined : Number(match[3]);
  if (!match || (percentile !== undefined && percentile > 100)) {
    throw new FoleyError("invalid-argument", `The rule "${text}" cannot be read.`, {
      hint: "Write a score, a comparison and a number or percentile, such as silentShare<=0.8 or loudness>=p25.",
    });
  }
  return {
    text: text.replace(/\s+/g, ""),
    score: match[1] as string,
    comparison: match[2] as CurationRule["comparison"],
    limit: percentile === undefined ? { value: Number(match[4]) } : { percentile },
  };
}

/** Whether scores fulfil a rule whose limit is a number. A score that a clip does not have fulfils none. */
export function fulfils(scores: ClipScores, rule: CurationRule & { readonly limit: { readonly value: number } }): boolean {
  const score = Object.hasOwn(scores, rule.score) ? scores[rule.score] : null;
  if (score === undefined || score === null) return false;
  const { value } = rule.limit;
  switch (rule.comparison) {
    case "<":
      return score < value;
    case "<=":
      return score <= value;
    case ">":
      return score > value;
    case ">=":
      return score >= value;
    case "=":
      return score === value;
    case "!=":
      return score !== value;
  }
}

/** A rule whose limit is a number. */
export type FixedRule = CurationRule & { readonly limit: { readonly value: number } };

/** Whether a rule needs no other clip's scores. */
export const isFixed = (rule: CurationRule): rule is FixedRule => "value" in rule.limit;

/**
 * Rules with their percentiles replaced by numbers, over the clips that have the score; linear between two clips, as NumPy's default.
 *
 * @throws FoleyError `invalid-argument` for a score that no clip has
 */
export function resolveRules(rules: readonly CurationRule[], clips: readonly ClipScores[]): readonly FixedRule[] {
  return rules.map((rule) => {
    const values = clips
      .flatMap((scores) => (Object.hasOwn(scores, rule.score) ? (scores[rule.score] ?? []) : []))
      .sort((a, b) => a - b);
    if (values.length === 0 && clips.length > 0) {
      const known = [...new Set(clips.flatMap((scores) => Object.keys(scores)))].sort();
      throw new FoleyError("invalid-argument", `No clip has the score "${rule.score}" of the rule ${rule.text}.`, {
        hint: `Known are ${known.join(", ")}.`,
      });
    }
    if (isFixed(rule)) return rule;
    const place = ((rule.limit as { percentile: number }).percentile / 100) * (values.length - 1);
    const [below, above] = [values[Math.floor(place)] ?? 0, values[Math.ceil(place)] ?? 0];
    return { ...rule, limit: { value: below + (above - below) * (place - Math.floor(place)) } };
  });
}

/** The first rule that scores break; `undefined` when they fulfil all. */
export const firstBroken = (scores: ClipScores, rules: readonly FixedRule[]): FixedRule | undefined =>
  rules.find((rule) => !fulfils(scores, rule));

/**
 * The rules that are used when none are given, cheap ones first. Published: −60 dBFS for a whole clip (stable-audio-tools `is_silence`),
 * 80 % silence (HunyuanVideo-Foley), cuts at 27 (PySceneDetect). The others are our own.
 *
 * @param sampleRate - of the codec, Hz: what a sound lacks above the codec's own limit is no loss
 */
export function defaultRules(sampleRate: number): readonly CurationRule[] {
  // 16 kHz is where common encoders of video sites cut; a band below it passes. HunyuanVideo-Foley asks for as much.
  const bandwidth = Math.round(Math.min(15_000, 0.3 * sampleRate));
  return [
    "fps>=12",
    "avOffsetMs>=-100",
    "avOffsetMs<=100",
    "peakDb>=-60",
    "silentShare<=0.8",
    "clippedShare<=0.01",
    `bandwidthHz>=${bandwidth}`,
    "cuts=0",
    "motion>=0.1",
  ].map(parseRule);
}
