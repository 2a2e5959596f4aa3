/** What lies in the cache. */

import { existsSync } from "node:fs";
import { mkdir, mkdtemp, readdir, symlink, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { listCachedModels, planRemoval, verifyCachedRevision } from "../node.js";
import { cachedModelOf } from "./cache.js";
import { config, folder, get, repository, settings, the, useTestHub, weights } from "./hub.test-support.js";
import { etagOf } from "./hub-server.test-support.js";

useTestHub();

describe("the cache", () => {
  it("lists, verifies, and removes what belongs to a model and nothing else", async () => {
    await get();
    await mkdir(join(the.home, "hub", "datasets--a--b"));
    const [model, ...more] = await listCachedModels(settings());
    expect(more).toEqual([]);
    expect(model).toMatchObject({ repository, size: weights.length + config.length });
    const revision = model?.revisions[0];
    if (model === undefined || revision === undefined) throw new Error("no revision");
    expect([revision.commit, revision.refs]).toEqual([the.hub.commit, ["main"]]);
    expect((await verifyCachedRevision(model, revision)).map(({ name, state }) => `${name} ${state}`)).toEqual([
      "config.json ok",
      "model.safetensors ok",
    ]);
    const blob = join(folder(), "blobs", etagOf(weights, true));
    await writeFile(
      blob,
      weights.map((byte, i) => (i === weights.length - 1 ? byte ^ 1 : byte)),
    );
    const wrong = (await verifyCachedRevision(model, revision)).find(({ state }) => state === "wrong");
    expect(wrong).toMatchObject({ name: "model.safetensors", expected: etagOf(weights, true) });
    const removal = await planRemoval(settings(), model);
    expect(removal.bytes).toBe(model.size);
    await removal.run();
    expect((await readdir(join(the.home, "hub"))).sort()).toEqual([".locks", "datasets--a--b"]);
  });
  it("removes one commit, and the content that only it has", async () => {
    await get();
    const other = "f".repeat(40);
    await mkdir(join(folder(), "snapshots", other));
    await writeFile(join(folder(), "blobs", "a".repeat(40)), "own");
    await symlink(`../../blobs/${etagOf(weights, true)}`, join(folder(), "snapshots", other, "model.safetensors"));
    await symlink(`../../blobs/${"a".repeat(40)}`, join(folder(), "snapshots", other, "own.json"));
    const model = await cachedModelOf(settings(), repository);
    if (model === undefined) throw new Error("not there");
    await expect(planRemoval(settings(), model, "0".repeat(40))).rejects.toThrow(/no commit 000/);
    await (await planRemoval(settings(), model, other)).run();
    expect(await readdir(join(folder(), "snapshots"))).toEqual([the.hub.commit]);
    expect((await readdir(join(folder(), "blobs"))).sort()).toEqual([etagOf(weights, true), etagOf(config, false)].sort());
    expect((await get({ settings: settings({ HF_HUB_OFFLINE: "1" }) })).commit).toBe(the.hub.commit);
  });
  it("never follows links out of the cache", async () => {
    const outside = await mkdtemp(join(the.base, "outside-"));
    await writeFile(join(outside, "precious"), "x");
    await get();
    await symlink(outside, join(folder(), "snapshots", the.hub.commit, "linked"));
    const model = await cachedModelOf(settings(), repository);
    if (model === undefined) throw new Error("not there");
    await (await planRemoval(settings(), model)).run();
    expect([await readdir(outside), existsSync(folder())]).toEqual([["precious"], false]);
    await symlink(outside, folder());
    expect(await cachedModelOf(settings(), repository)).toBeUndefined();
    await expect(planRemoval(settings(), model)).rejects.toThrow(/is a link to/);
  });
});
