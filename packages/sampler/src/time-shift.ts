/**
 * Times of a rectified flow, bent for the length of a sound (stable-audio-3 `inference/distribution_shift.py`, `build_schedule`). The network's
 * features of a time turn fast enough to tell neighbouring float32 apart, so that times are float32.
 */
import {
  type ExponentialShift,
  FoleyError,
  type LogSnrShift,
  type RationalShift,
  shown,
  type TimeShift,
} from "@foley-control/core";
import { checkNumber } from "./check.js";
import { linearTimes, shiftTimes } from "./schedules.js";

const WAYS: { readonly [Kind in TimeShift["kind"]]: (shift: TimeShift & { kind: Kind }) => (time: number) => number } = {
  "log-snr": logSnr,
  exponential,
  rational,
};

/**
 * `steps` + 1 times that fall from `timeMax`, which stays, to 0, as float32.
 *
 * @throws FoleyError `invalid-argument` naming what is wrong with the shift.
 */
export function bentTimes(shift: TimeShift, range: Parameters<typeof linearTimes>[0]): Float64Array {
  if (!Object.hasOwn(WAYS, shift.kind))
    throw new FoleyError(
      "invalid-argument",
      `shift.kind is ${shown(shift.kind)}; it must be one of ${Object.keys(WAYS).join(", ")}.`,
    );
  const bend = (WAYS[shift.kind] as (shift: TimeShift) => (time: number) => number)(shift);
  const even = linearTimes(range);
  return even.map((time, i) => Math.fround(i === 0 ? time : bend(Math.fround(time))));
}

function logSnr({ anchor = -6.2, end = 2, rate = 0, anchorLength = 2000, length = anchorLength }: LogSnrShift) {
  const octaves = Math.log2(
    Math.max(1, checkNumber("shift.length", length)) / checkNumber("shift.anchorLength", anchorLength, { above: 0 }),
  );
  const start = anchor - rate * octaves;
  if (!(start < end)) throw new FoleyError("invalid-argument", `The shift goes from ${start} to ${end}, which does not rise.`);
  return (time: number): number => (time <= 0 ? 0 : time >= 1 ? 1 : 1 / (1 + Math.exp(end - time * (end - start))));
}

function exponential({ minLength = 256, length = minLength, ...shift }: ExponentialShift) {
  const options = { ...shift, minLength, length: Math.max(1, length) };
  return (time: number): number => shiftTimes([time], options)[0] as number;
}

function rational({ minLength = 256, maxLength = 4096, alphaMin = 1, alphaMax = 1, length = minLength }: RationalShift) {
  const [least, most] = [
    checkNumber("shift.minLength", minLength, { min: 1 }),
    checkNumber("shift.maxLength", maxLength, { min: minLength }),
  ];
  const clamped = Math.min(Math.max(checkNumber("shift.length", length), least), most);
  const share = most === least ? 0 : Math.log(clamped / least) / Math.log(most / least);
  const [from, to] = [
    checkNumber("shift.alphaMin", alphaMin, { above: 0 }),
    checkNumber("shift.alphaMax", alphaMax, { above: 0 }),
  ];
  const alpha = from * (to / from) ** share;
  return (time: number): number => (alpha * time) / (1 + (alpha - 1) * time);
}
