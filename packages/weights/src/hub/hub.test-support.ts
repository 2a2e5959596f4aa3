/** A hub on this machine with one model, a cache in an empty folder for every test, and ways to break both. */
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { FoleyError } from "@foley-control/core";
import { afterAll, afterEach, beforeAll, beforeEach } from "vitest";
import { writeSafetensors } from "../index.js";
import { fetchModel, hubSettings } from "../node.js";
import { startTestHub, type TestHub } from "./hub-server.test-support.js";

export const repository = "some-org/some-model";
export const token = "hf_secretSecretSecret";
export const weights = writeSafetensors({
  "encoder.weight": { dtype: "float32", shape: [300_000], data: Float32Array.from({ length: 300_000 }, (_, i) => Math.sin(i)) },
});
export const config = new TextEncoder().encode('{"width": 4}\n');
export const files = {
  "model.safetensors": weights,
  "config.json": config,
  "sub/folder/notes.txt": new TextEncoder().encode("notes"),
};

/** What a test works with. */
export const the = { base: "", home: "", hub: undefined as unknown as TestHub };

/** Makes it for every test of a file. */
export function useTestHub(): void {
  beforeAll(async () => {
    the.base = await mkdtemp(join(tmpdir(), "foley-hub-"));
  });
  afterAll(() => rm(the.base, { recursive: true, force: true }));
  beforeEach(async () => {
    the.home = await mkdtemp(join(the.base, "home-"));
    the.hub = await startTestHub(repository, files);
  });
  afterEach(() => the.hub.close());
}

export const settings = (more: Record<string, string> = {}) =>
  hubSettings({ HF_HOME: the.home, HF_ENDPOINT: the.hub.endpoint, ...more });
export const folder = () => join(the.home, "hub", "models--some-org--some-model");
export const get = (more: Partial<Parameters<typeof fetchModel>[1]> = {}, reference = repository) =>
  fetchModel(reference, { settings: settings(), retries: 3, retryDelayMs: 1, ...more });
/** The error that a promise ends with; a promise that does not fail fails the test. */
export const failure = async (work: Promise<unknown>): Promise<FoleyError> => {
  const error = await work.then(
    () => undefined,
    (cause: unknown) => cause,
  );
  if (!FoleyError.isInstance(error)) throw new Error(`expected a FoleyError, got ${String(error)}`);
  return error;
};
