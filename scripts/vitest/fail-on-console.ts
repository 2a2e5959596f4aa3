/** Libraries never print: a test whose code writes to the console fails, unless the test replaces that method itself. */
import { afterEach, beforeEach } from "vitest";

const methods = ["debug", "error", "info", "log", "warn"] as const;
const originals = new Map(methods.map((method) => [method, console[method]]));
let calls: string[] = [];

beforeEach(() => {
  calls = [];
  for (const method of methods) {
    console[method] = (...values: unknown[]) => {
      calls.push(`console.${method}(${values.map(String).join(", ")})`);
    };
  }
});

afterEach(() => {
  for (const [method, original] of originals) console[method] = original;
  if (calls.length > 0) throw new Error(`The code under test printed, which libraries must not do:\n${calls.join("\n")}`);
});
