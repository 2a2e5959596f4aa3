import { spawnSync } from "node:child_process";
import { expect, it } from "vitest";
import { usage } from "./usage.js";

it.skipIf(process.platform !== "linux")("counts the time of a process that has ended", () => {
  const before = usage().cpuSeconds;
  spawnSync(process.execPath, ["-e", "const until = process.cpuUsage().user + 4e5; while (process.cpuUsage().user < until);"]);
  expect(usage().cpuSeconds - before).toBeGreaterThan(0.35);
});
