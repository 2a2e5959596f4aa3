import { defineConfig } from "vitest/config";

/** Tests run against sources, never against builds: every package resolves through its source condition. */
const sources = {
  resolve: { conditions: ["@foley-control/source"] },
  ssr: { resolve: { conditions: ["@foley-control/source"] } },
};

export default defineConfig({
  ...sources,
  test: {
    pool: "forks",
    maxWorkers: 2,
    testTimeout: 60_000,
    hookTimeout: 120_000,
    projects: [
      {
        ...sources,
        test: {
          name: "packages",
          include: ["packages/*/src/**/*.test.ts"],
          setupFiles: ["scripts/vitest/equal-arrays.ts", "scripts/vitest/fail-on-console.ts"],
          testTimeout: 60_000,
          hookTimeout: 120_000,
        },
      },
      {
        ...sources,
        test: {
          name: "apps",
          include: ["apps/*/src/**/*.test.ts"],
          setupFiles: ["scripts/vitest/equal-arrays.ts", "scripts/vitest/fail-on-console.ts"],
          testTimeout: 120_000,
          hookTimeout: 120_000,
        },
      },
      {
        ...sources,
        test: {
          name: "scripts",
          include: ["scripts/**/*.test.ts", "bench/**/*.test.ts", "parity/**/*.test.ts"],
          testTimeout: 60_000,
        },
      },
    ],
  },
});
