import { defineConfig } from "vitest/config";
import { coresEach, jobsThatWait } from "./scripts/jobs.js";
import { SlowFirst } from "./scripts/vitest/slow-first.js";

/** Tests run against sources, never against builds: every package resolves through its source condition. */
const sources = {
  resolve: { conditions: ["@foley-control/source"] },
  ssr: { resolve: { conditions: ["@foley-control/source"] } },
};

/** Tests that take seconds each; `npm run unit` leaves them out unless it is given a path, `npm test` runs them too. */
const slow = "{packages/*/src,apps/*/src,scripts,bench,parity}/**/*.slow.test.ts";
const all = ["scripts/share-of-cores.mjs"];
const libraries = [...all, "scripts/vitest/equal-arrays.ts", "scripts/vitest/fail-on-console.ts"];

/** Tests that end processes, give them another surrounding or ask what one holds. Files of all others share one, which saves reading every module anew. */
const alone = [
  "packages/@(media|runtime)/src/**/*.test.ts",
  "packages/pipeline/src/generate/let-go.test.ts",
  "packages/pipeline/src/node/temporary-scratch.test.ts",
];

interface ProjectOptions {
  readonly setupFiles?: string[];
  readonly testTimeout: number;
  readonly isolate?: boolean;
}

const project = (name: string, include: readonly string[], options: ProjectOptions) => ({
  ...sources,
  test: {
    name,
    include: [...include],
    exclude: ["**/node_modules/**", ...(name === "slow" ? [] : [slow]), ...(name === "packages" ? alone : [])],
    hookTimeout: 120_000,
    ...options,
  },
});

export default defineConfig({
  ...sources,
  test: {
    pool: "forks",
    maxWorkers: jobsThatWait(),
    sequence: { sequencer: SlowFirst },
    env: {
      CORES_EACH: `${coresEach()}`,
      // So that what a test starts keeps to its share too.
      NODE_OPTIONS:
        `${process.env["NODE_OPTIONS"] ?? ""} --import=${new URL("scripts/share-of-cores.mjs", import.meta.url).href}`.trim(),
      // What is started from source is bundled once in a run: see scripts/from-source.mjs.
      FOLEY_TEST_RUN: process.env["FOLEY_TEST_RUN"] ?? `${Date.now()}-${process.pid}`,
    },
    projects: [
      project("packages", ["packages/*/src/**/*.test.ts"], {
        setupFiles: libraries,
        testTimeout: 60_000,
        isolate: false,
      }),
      project("alone", alone, { setupFiles: libraries, testTimeout: 60_000 }),
      project("apps", ["apps/*/src/**/*.test.ts"], { setupFiles: libraries, testTimeout: 120_000, isolate: false }),
      project("scripts", ["{scripts,bench,parity}/**/*.test.ts"], { setupFiles: all, testTimeout: 60_000 }),
      project("slow", [slow], { setupFiles: libraries, testTimeout: 300_000 }),
    ],
  },
});
