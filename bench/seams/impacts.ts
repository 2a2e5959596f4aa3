/** Whether impacts near joints are heard as those elsewhere are: none lost, none twice. */
import { detectOnsets, matchOnsets } from "@foley-control/signal";

/** How near to a joint an impact is near to it, seconds. */
const NEAR_SECONDS = 0.5;
/** Largest distance of an onset from its event, seconds. */
const TOLERANCE_SECONDS = 0.05;
/** An onset that belongs to no event, and follows or leads one that has its own by so little, doubles it, seconds. */
const DOUBLED_SECONDS = 0.15;

/** Counts of events and onsets of one side: near joints, or elsewhere. */
export interface ImpactCounts {
  readonly events: number;
  readonly onsets: number;
  /** Events with an onset. */
  readonly heard: number;
  /** Events with an onset, and another that belongs to none. */
  readonly doubled: number;
}

/** Counts near joints and elsewhere; onsets go where their events go. */
export function countImpacts(
  {
    samples,
    sampleRate,
    joints,
  }: { readonly samples: Float32Array; readonly sampleRate: number; readonly joints: readonly number[] },
  events: readonly number[],
): { readonly near: ImpactCounts; readonly elsewhere: ImpactCounts } {
  const { times } = detectOnsets(samples, sampleRate);
  const { matches } = matchOnsets(times, events, TOLERANCE_SECONDS);
  const eventOf = new Map(matches.map(({ detected, truth }) => [detected, truth]));
  const isNear = (time: number) => joints.some((joint) => Math.abs(joint - time) <= NEAR_SECONDS);
  const without = times.filter((_, index) => !eventOf.has(index));
  const count = (side: boolean): ImpactCounts => {
    const heard = matches.map(({ truth }) => events[truth] as number).filter((time) => isNear(time) === side);
    return {
      events: events.filter((time) => isNear(time) === side).length,
      onsets: heard.length + without.filter((time) => isNear(time) === side).length,
      heard: heard.length,
      doubled: heard.filter((time) => without.some((other) => Math.abs(other - time) <= DOUBLED_SECONDS)).length,
    };
  };
  return { near: count(true), elsewhere: count(false) };
}

/** Counts of several sounds as one row. */
export function impactRow(of: string, counts: readonly ImpactCounts[]) {
  const sum = (which: keyof ImpactCounts) => counts.reduce((total, one) => total + one[which], 0);
  const [events, onsets, heard, doubled] = [sum("events"), sum("onsets"), sum("heard"), sum("doubled")];
  return { of, events, onsets, f1: (2 * heard) / (events + onsets), lost: 1 - heard / events, doubled: doubled / events };
}
