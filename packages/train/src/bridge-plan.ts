/** How a bridge is trained: everything that decides its numbers, and nothing that does not. */
import type { BridgeConfig } from "@foley-control/bridge";
import { type AudioBackbone, FoleyError } from "@foley-control/core";
import type { VideoDrop } from "./drop-video.js";
import { type AverageRule, averageRule, type LearningRate, learningRateAt } from "./schedule.js";
import type { TimeSampling } from "./times.js";
import type { AdamWOptions } from "./update-step.js";

/** The plan of a bridge's training. */
export interface BridgePlan {
  /** Of everything that is drawn. */
  readonly seed: number;
  /** Steps of the optimiser. */
  readonly steps: number;
  /** Clips per step. */
  readonly batch: number;
  /** Its course over the steps. */
  readonly learningRate: LearningRate;
  /** Of the weights. */
  readonly average: AverageRule;
  /** What differs from `ADAMW_DEFAULTS`. */
  readonly optimiser: Partial<AdamWOptions>;
  /** How times are drawn. */
  readonly times: TimeSampling;
  /** Shares of captions, whole clips and, on average, single tokens that are dropped, so that the bridge works without them. */
  readonly drop: VideoDrop & { readonly text: number };
  /** Whether every block has its own adapter. */
  readonly adapter: BridgeConfig["adapter"];
  /** Hidden width of the adapters. Default: twice the width of a token. */
  readonly adapterHidden?: number | undefined;
  /** Whether sound and picture share a time axis, or each counts its own rows. */
  readonly positions: BridgeConfig["positions"];
}

/** Entries of a plan. */
export const BRIDGE_PLAN_ENTRIES = [
  "seed",
  "steps",
  "batch",
  "learningRate",
  "average",
  "optimiser",
  "times",
  "drop",
  "adapter",
  "adapterHidden",
  "positions",
] as const satisfies readonly (keyof BridgePlan)[];

/** What a plan may say: any part of it. */
export type BridgePlanChanges = { readonly [Key in keyof BridgePlan]?: BridgePlan[Key] | undefined };

/** A residual stream of at least this width is that of a large network, which wants smaller steps. */
const WIDE = 512;

/**
 * The plan that is used when nothing else is said: AdamW, Sobol times, 10 % of captions, clips and tokens dropped. Large backbones get the
 * learning rate, schedule and average of stable-audio-tools' kind of training (1e-4, inverse with warm-up, 0.9999), small ones what the embedded model
 * was trained with (1.5e-3, cosine, 0.999).
 */
export function defaultBridgePlan(backbone: AudioBackbone): BridgePlan {
  const wide = (backbone.denoiser.sites(1)[0]?.width ?? 0) >= WIDE;
  return {
    seed: 1,
    steps: wide ? 20_000 : 3000,
    batch: 32,
    learningRate: wide ? { kind: "inverse", peak: 1e-4 } : { kind: "cosine", peak: 1.5e-3, warmUp: 50 },
    average: wide ? { kind: "power", decay: 0.9999 } : { kind: "warming", decay: 0.999 },
    optimiser: {},
    times: "sobol",
    drop: { text: 0.1, clips: 0.1, tokens: 0.1 },
    adapter: "per-block",
    positions: "seconds",
  };
}

/**
 * A plan with changes, whose sizes are checked: what comes from a file or a command line is wrong in one place, with one sentence.
 *
 * @throws FoleyError `invalid-argument` naming the entry
 */
export function changeBridgePlan(plan: BridgePlan, changes: BridgePlanChanges): BridgePlan {
  const unknown = Object.keys(changes).find((key) => !(BRIDGE_PLAN_ENTRIES as readonly string[]).includes(key));
  if (unknown !== undefined) throw wrong(unknown, "is no entry of a plan", BRIDGE_PLAN_ENTRIES.join(", "));
  const given = Object.fromEntries(Object.entries(changes).filter(([, value]) => value !== undefined)) as Partial<BridgePlan>;
  const changed: BridgePlan = { ...plan, ...given, drop: { ...plan.drop, ...given.drop } };
  const { seed, steps, batch, adapterHidden, learningRate, average, drop, adapter, positions } = changed;
  const counts = { steps, batch, ...(adapterHidden !== undefined && { adapterHidden }) };
  for (const [name, value] of Object.entries(counts))
    if (!Number.isSafeInteger(value) || value < 1) throw wrong(name, `is ${JSON.stringify(value)}`, "a whole number above 0");
  if (!Number.isSafeInteger(seed)) throw wrong("seed", `is ${JSON.stringify(seed)}`, "a whole number");
  for (const [name, share] of Object.entries(drop)) {
    if (!(name in plan.drop)) throw wrong(`drop.${name}`, "is no entry of a plan", Object.keys(plan.drop).join(", "));
    if (typeof share !== "number" || !(share >= 0 && share <= 1))
      throw wrong(`drop.${name}`, `is ${JSON.stringify(share)}`, "a share from 0 to 1");
  }
  if (adapter !== "per-block" && adapter !== "shared")
    throw wrong("adapter", `is ${JSON.stringify(adapter)}`, '"per-block" or "shared"');
  if (positions !== "seconds" && positions !== "index")
    throw wrong("positions", `is ${JSON.stringify(positions)}`, '"seconds" or "index"');
  averageRule(average);
  learningRateAt(learningRate, steps);
  return changed;
}

const wrong = (entry: string, what: string, expected: string): FoleyError =>
  new FoleyError("invalid-argument", `The plan's entry "${entry}" ${what}.`, { hint: `Expected: ${expected}.` });
