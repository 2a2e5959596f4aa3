/**
 * A process that evaluates a folder with a small VGGish, for tests that kill it or watch its memory: `node evaluating.test-support.ts FOLDER`,
 * where `true`, `made` and `features` lie. Says a line of JSON per clip.
 */

import { writeSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import type { Runtime } from "@foley-control/core";
import { goldenPath } from "@foley-control/golden/node";
import { nodeRuntime } from "@foley-control/runtime/node";
import { vggishNetwork } from "../networks/vggish/network.js";
import { evaluateFolders } from "./evaluate-folders.js";
import { openNetwork } from "./open-network.js";

/** What is said after a clip. */
export interface Said {
  /** Clips that are done. */
  readonly done: number;
  /** How often the network has been run. */
  readonly runs: number;
  /** Bytes after a collection; only where they are asked for. */
  readonly memory: { readonly rss: number; readonly arrayBuffers: number; readonly heapUsed: number } | undefined;
}

/** Clips after which memory is looked at. */
export const WATCHED = [100, 200, 527] as const;

const [folder] = process.argv.slice(2);
if (folder !== undefined && process.argv[1] === fileURLToPath(import.meta.url)) {
  const checkpoint = goldenPath(`metrics/vggish-tiny/${vggishNetwork.releases[0].file}`);
  await using real = nodeRuntime({ device: "cpu", threads: 1, worker: false });
  let runs = 0;
  const runtime: Runtime = {
    ...real,
    async load(...given) {
      const executable = await real.load(...given);
      return {
        ...executable,
        run: (...feeds) => {
          runs++;
          return executable.run(...feeds);
        },
        dispose: () => executable.dispose(),
      };
    },
  };
  const reports = await evaluateFolders({
    reference: join(folder, "true"),
    generated: { made: join(folder, "made") },
    preset: { id: "small", about: "One network.", seconds: 1, metrics: ["fd-vggish", "kad-vggish"], strict: true },
    runtime,
    networks: [await openNetwork(vggishNetwork, checkpoint)],
    cache: join(folder, "features"),
    onClip(done) {
      let memory: Said["memory"];
      if ((WATCHED as readonly number[]).includes(done)) {
        // V8 frees array buffers beside the program; only the next collection waits until those of the last are gone.
        globalThis.gc?.();
        globalThis.gc?.();
        memory = process.memoryUsage();
      }
      // At once, so that whoever kills this knows what was finished.
      writeSync(1, `${JSON.stringify({ done, runs, memory } satisfies Said)}\n`);
    },
  });
  writeSync(1, `${JSON.stringify(reports)}\n`);
}
