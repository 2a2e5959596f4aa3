/** A worker that answers late is waited for; one that does not is given up once. */
import { afterEach, expect, it, vi } from "vitest";
import { watchAnswers } from "./watch-answers.js";

afterEach(() => {
  vi.useRealTimers();
});

it("gives up who is silent, once, and not who is slow", async () => {
  vi.useFakeTimers();
  let answer: (() => void) | undefined;
  let given = 0;
  const ask = () =>
    new Promise<void>((resolve) => {
      answer = resolve;
    });
  const stop = watchAnswers(ask, () => given++, { every: 10, looks: 3 });
  for (let i = 0; i < 5; i++) {
    await vi.advanceTimersByTimeAsync(30);
    answer?.();
  }
  expect(given).toBe(0);
  await vi.advanceTimersByTimeAsync(200);
  expect(given).toBe(1);
  stop();
});

it("stops looking when it is told to", async () => {
  vi.useFakeTimers();
  let given = 0;
  watchAnswers(
    () => new Promise<void>(() => undefined),
    () => given++,
    { every: 10, looks: 3 },
  )();
  await vi.advanceTimersByTimeAsync(500);
  expect(given).toBe(0);
});
