/** A graphics processor that is slower than the processor is told from one that is not, and never waited for to no end. */
import { expect, test } from "vitest";
import { assertQuick, isSlow, trialSeconds } from "./speed.js";

/** Something that takes so many seconds each time, on a clock of its own. */
function taking(...seconds: readonly number[]) {
  let time = 0;
  let turn = 0;
  return { make: async () => void (time += 1000 * (seconds[turn++] ?? 0)), now: () => time };
}

test("programs that are made the first time do not count; what is slow the second time is slow, and says how slow", async () => {
  const quick = taking(20, 0.2);
  await assertQuick(quick.make, quick);
  const slow = taking(1, 7);
  const error: unknown = await assertQuick(slow.make, slow).catch((thrown: unknown) => thrown);
  expect(isSlow(error)).toBe(true);
  expect((error as Error).message).toContain("7.0 s");
});

test("one that never answers is given up", async () => {
  const signals: AbortSignal[] = [];
  const never = (signal: AbortSignal): Promise<void> => {
    signals.push(signal);
    return new Promise(() => undefined);
  };
  await expect(assertQuick(never, { longest: 0.02 })).rejects.toSatisfy(isSlow);
  expect(signals[0]?.aborted).toBe(true);
});

test("an error of its own stays what it is", async () => {
  const lost = new Error("The device was lost.");
  await expect(assertQuick(() => Promise.reject(lost))).rejects.toBe(lost);
  expect(isSlow(lost)).toBe(false);
});

test("what is tried is as short as the model makes it, and a second where it sets no shortest length", () => {
  expect(trialSeconds({ minimum: 4, maximum: 12 })).toBe(4);
  expect(trialSeconds({ maximum: 120 })).toBe(1);
  expect(trialSeconds({ minimum: 0, maximum: 0.5 })).toBe(0.5);
});
