/** The contract's own suite, in the worker and in this thread. */
import { testRuntime } from "@foley-control/core/testing";
import { describe, test } from "vitest";
import { nodeRuntime } from "./node.js";

describe.each([true, false])("worker: %s", (worker) => {
  for (const check of testRuntime(() => nodeRuntime({ device: "cpu", threads: 1, worker }))) test(check.name, () => check.run());
});
