/** A tiny Stable Audio 3 in a folder of its own, written from the golden cases. */
import { cp, mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { goldenModel, goldenPath, writeFormulaWeights } from "@foley-control/golden/node";
import { afterAll, beforeAll } from "vitest";

/** Name of the folder among the cases. */
export const TINY = "sa3/sa3-tiny";

/** The folder, gone after the tests of the file that asks for it. */
export function stableAudio3Folder() {
  let root = "";
  const at = (...path: string[]) => join(root, ...path);
  beforeAll(async () => {
    root = await mkdtemp(join(tmpdir(), "foley-sa3-"));
    await cp(goldenPath(TINY), root, { recursive: true });
    const table = goldenModel(TINY);
    await writeFormulaWeights(at("model.safetensors"), table.weights, table);
  });
  afterAll(() => rm(root, { recursive: true, force: true }));
  return {
    at,
    /** A copy with another `model_config.json`. */
    async changed(change: (config: StoredConfig) => void): Promise<string> {
      const copy = await mkdtemp(join(root, "changed-"));
      for (const name of ["model.safetensors", "t5gemma-b-b-ul2"]) await cp(at(name), join(copy, name), { recursive: true });
      const config = JSON.parse(await readFile(at("model_config.json"), "utf8")) as StoredConfig;
      change(config);
      await writeFile(join(copy, "model_config.json"), JSON.stringify(config));
      return copy;
    },
  };
}

/** What tests change of a `model_config.json`. */
export interface StoredConfig {
  sample_size: number;
  model: {
    conditioning: { cond_dim: number };
    diffusion: {
      diffusion_objective: string;
      sampling_distribution_shift_options?: unknown;
      config: { attn_kwargs: { differential: boolean }; embed_dim: number };
    };
    pretransform: {
      config: { encoder: { config: object }; decoder: { config: { chunk_size: number; sinusoidal_blocks: number[] } } };
    };
  };
}
