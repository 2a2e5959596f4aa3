import { availableParallelism } from "node:os";
import { afterEach, expect, it, vi } from "vitest";
import { inParallel, jobs, jobsThatWait } from "./jobs.js";

afterEach(() => vi.unstubAllEnvs());

it("is one per core, or what FOLEY_JOBS says", () => {
  vi.stubEnv("FOLEY_JOBS", "");
  expect(jobs()).toBe(availableParallelism());
  vi.stubEnv("FOLEY_JOBS", "3");
  expect([jobs(), jobsThatWait()]).toEqual([3, 4]);
  vi.stubEnv("FOLEY_JOBS", "1");
  expect([jobs(), jobsThatWait()]).toEqual([1, 1]);
  for (const wrong of ["0", "1.5", "all"]) {
    vi.stubEnv("FOLEY_JOBS", wrong);
    expect(jobs).toThrow(`FOLEY_JOBS is "${wrong}"`);
  }
});

it("does so many things at a time, and gives their results in order", async () => {
  vi.stubEnv("FOLEY_JOBS", "2");
  let [running, most] = [0, 0];
  const results = await inParallel([30, 1, 20, 5], async (milliseconds) => {
    most = Math.max(most, ++running);
    await new Promise((resolve) => setTimeout(resolve, milliseconds));
    running--;
    return milliseconds;
  });
  expect(results).toEqual([30, 1, 20, 5]);
  expect(most).toBe(2);
  await expect(inParallel([1], () => Promise.reject(new Error("no")))).rejects.toThrow("no");
});
