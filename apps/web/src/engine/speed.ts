/**
 * Whether a graphics processor is worth it: it makes the shortest sound in one step, twice. The first time its programs are made, which the first take
 * would have waited for; the second time is measured.
 */
import type { BackboneSeconds, FoleyError } from "@foley-control/core";
import { decimal } from "../strings/numbers.js";
import { text } from "../strings/text.js";
import { ToldError } from "../strings/told.js";
import { abortable } from "./jobs.js";

/** Seconds for both: longer than programs take to be made on slow machines. */
const LONGEST = 40;
/** Seconds for the second: a processor of two cores needs less. */
const SLOWEST = 1.5;

/** Seconds of sound to try with what sets no shortest length. */
const SHORT = 1;

/** The shortest sound that says something of a model, seconds. */
export const trialSeconds = ({ minimum, maximum }: BackboneSeconds): number => minimum || Math.min(SHORT, maximum);

class SlowError extends ToldError {}

/** Whether an error is that of {@link assertQuick}. */
export const isSlow = (error: unknown): boolean => error instanceof SlowError;

/**
 * Tries it.
 *
 * @throws FoleyError that says how slow it is
 */
export async function assertQuick(
  make: (signal: AbortSignal) => Promise<void>,
  { now = () => performance.now(), longest = LONGEST }: { readonly now?: () => number; readonly longest?: number } = {},
): Promise<void> {
  const stop = new AbortController();
  const timer = setTimeout(() => stop.abort(slow(longest)), 1000 * longest);
  try {
    // A run that has begun cannot be stopped; it is not waited for.
    await abortable(make(stop.signal), stop.signal);
    const begun = now();
    await abortable(make(stop.signal), stop.signal);
    const seconds = (now() - begun) / 1000;
    if (seconds > SLOWEST) throw slow(seconds);
  } finally {
    clearTimeout(timer);
  }
}

const slow = (seconds: number): FoleyError =>
  new SlowError("device-unavailable", text("engine.reason.slow", { seconds: decimal(seconds, 1) }));
