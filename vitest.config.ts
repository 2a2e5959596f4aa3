import { defineConfig } from "vitest/config";

export default defineConfig({
  resolve: { conditions: ["@foley-control/source"] },
  ssr: { resolve: { conditions: ["@foley-control/source"] } },
  test: {
    include: ["packages/*/src/**/*.test.ts", "apps/*/src/**/*.test.ts", "scripts/**/*.test.ts"],
    testTimeout: 60_000,
    pool: "forks",
    maxWorkers: 2,
  },
});
