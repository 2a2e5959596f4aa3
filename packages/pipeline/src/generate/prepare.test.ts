/** What is said while everything is fetched and started; the engine and what is loaded onto it are made up. */
import type { ProgressEvent } from "@foley-control/core";
import { untrainedMini } from "@foley-control/mini";
import { expect, test } from "vitest";
import type { FoleyHost } from "../parts.js";
import type { Executables } from "./executables.js";
import { prepare } from "./prepare.js";

const parts = untrainedMini();

/** A host whose engine comes in the given shares, and what was loaded onto it. */
function made(shares: readonly number[]) {
  const loaded: string[] = [];
  let listener = (_share: number): void => undefined;
  const executables = {
    lease: async (name: string) => {
      loaded.push(name);
      return { executable: {}, [Symbol.dispose]: () => undefined };
    },
    warm: async (name: string) => void loaded.push(name),
  } as unknown as Executables;
  const host = {
    runtime: {
      capabilities: async () => {
        for (const share of shares) listener(share);
      },
    },
    onEngine: (next: typeof listener) => {
      listener = next;
    },
    loadEncoders: async () => void loaded.push("encoders"),
  } as unknown as FoleyHost<never, never, never>;
  const fractions: number[] = [];
  const onProgress = (event: ProgressEvent): void => {
    if (event.type === "prepare-progress") fractions.push(event.fraction);
  };
  return { loaded, fractions, late: () => listener(0.5), run: () => prepare(parts, host, executables, { onProgress }) };
}

test("progress follows the bytes of the engine and each network, and ends at 1", async () => {
  const { loaded, fractions, late, run } = made([0.25, 0.5, 1]);
  await run();
  expect(fractions[0]).toBe(0);
  expect(fractions.at(-1)).toBe(1);
  expect(new Set(fractions).size).toBeGreaterThan(6);
  expect(fractions).toEqual([...fractions].sort((a, b) => a - b));
  expect(loaded).toContain("encoders");
  expect(loaded.length).toBeGreaterThan(3);
  const before = fractions.length;
  late();
  expect(fractions).toHaveLength(before);
});

test("an engine that is downloaded again, or more of it than was said, makes nothing go back or beyond", async () => {
  const { fractions, run } = made([0.5, 1.2, 0.1, 0.9]);
  await run();
  expect(fractions).toEqual([...fractions].sort((a, b) => a - b));
  expect(Math.max(...fractions)).toBeLessThanOrEqual(1);
});
