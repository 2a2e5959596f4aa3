/** What the tests of `foley evaluate` share: a folder of their own, sounds to put into it, and the command as a person calls it. */
import { mkdir, mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { encodeWav } from "@foley-control/media";
import type { EvaluationReport } from "@foley-control/metrics/node";
import { afterAll, beforeAll, expect, vi } from "vitest";
import { type Ran, ran } from "../testing.js";

/** What `--json` prints. */
interface Printed {
  readonly reports: readonly EvaluationReport[];
  readonly generated: { readonly made: number; readonly kept: number; readonly failed: readonly { name: string }[] };
  readonly missing: readonly { readonly id: string }[];
  readonly html?: string;
}

/** Hz of {@link strikes} unless they are told otherwise. */
export const RATE = 24_000;

/** A strike at each of the times, on a faint noise that no two sounds share. */
export function strikes(times: readonly number[], { seconds = 2, rate = RATE, channels = 1, hertz = 700 } = {}): Uint8Array {
  let state = Math.round(times.reduce((sum, time) => sum + time * 1e4, 1));
  const samples = Float32Array.from({ length: seconds * rate }, (_, i) => {
    state = (Math.imul(state, 1664525) + 1013904223) | 0;
    return times.reduce(
      (sum, time) => {
        const t = i / rate - time;
        return t < 0 ? sum : sum + 0.5 * Math.exp(-25 * t) * Math.sin(2 * Math.PI * hertz * t);
      },
      (state / 2 ** 31) * 1e-4,
    );
  });
  return encodeWav({ sampleRate: rate, channels: Array.from({ length: channels }, () => samples) });
}

/** A number of a report. */
export const valueOf = (report: EvaluationReport | undefined, id: string): number | undefined =>
  report?.results.find((one) => one.id === id)?.value;

/** A folder for the tests of one file, gone afterwards, and the command in it. */
export function evaluationDesk() {
  // Sounds are made and videos encoded, which a busy machine takes its time for.
  vi.setConfig({ testTimeout: 600_000, hookTimeout: 300_000 });
  let folder = "";
  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), "foley-evaluate-cli-"));
  });
  afterAll(() => rm(folder, { recursive: true, force: true }));
  const at = (...names: readonly string[]): string => join(folder, ...names);
  const env = () => ({ FOLEY_CONFIG_DIR: at("config") });
  const evaluate = (...argv: readonly string[]): Promise<Ran> => ran(["evaluate", ...argv], { env: env() });
  return {
    /** A path in the folder. */
    at,
    /** The command's environment. */
    env,
    /** Writes files into a folder of the folder. */
    async write(name: string, files: Readonly<Record<string, Uint8Array | string>>): Promise<string> {
      await mkdir(at(name), { recursive: true });
      for (const [file, content] of Object.entries(files)) await writeFile(at(name, file), content);
      return at(name);
    },
    evaluate,
    /** What it prints as JSON. */
    async printed(...argv: readonly string[]): Promise<Printed & { readonly err: string }> {
      const { code, out, err } = await evaluate(...argv, "--json");
      expect([code, err.includes("unforeseen")]).toEqual([0, false]);
      return { ...(JSON.parse(out) as Printed), err };
    },
  };
}
