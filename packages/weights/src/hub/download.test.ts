/** Files of a model into the cache, whatever breaks on the way. */

import { spawnSync } from "node:child_process";
import { createHash } from "node:crypto";
import { existsSync } from "node:fs";
import { lstat, mkdir, readdir, readFile, readlink, rm, symlink, writeFile } from "node:fs/promises";
import { hostname } from "node:os";
import { join } from "node:path";
import type { ProgressEvent } from "@foley-control/core";
import { describe, expect, it } from "vitest";
import { type LocalModel, openSafetensors } from "../node.js";
import { filesBelow } from "./fetch-model.js";
import { failure, files, folder, get, repository, settings, the, useTestHub, weights } from "./hub.test-support.js";
import { etagOf } from "./hub-server.test-support.js";

useTestHub();

/** Whether the weights of a model arrived as they are. */
const holdsWeights = async (model: LocalModel): Promise<boolean> =>
  Buffer.from(weights).equals(await readFile(model.files.get("model.safetensors") as string));
const partialFile = () => join(folder(), "blobs", `${etagOf(weights, true)}.foley.incomplete`);
/** Waits until bytes have reached the disk: what is still under way when a connection breaks is lost, and how much is chance. */
const grownBeyond = async (bytes: number): Promise<void> => {
  while ((await lstat(partialFile())).size <= bytes) await new Promise((done) => setTimeout(done, 5));
};
/** Cuts the answer of the store off after some bytes, the first `times` times. */
const cutAfter = (bytes: number, times: number): void => {
  the.hub.fault = ({ host, range }, response) => {
    if (host !== "store" || times-- <= 0) return false;
    const start = Number(/\d+/.exec(range ?? "")?.[0] ?? 0);
    response.writeHead(start > 0 ? 206 : 200, {
      "content-length": String(weights.length - start),
      ...(start > 0 ? { "content-range": `bytes ${start}-${weights.length - 1}/${weights.length}` } : {}),
    });
    response.write(weights.subarray(start, start + bytes));
    void grownBeyond(start).then(() => response.destroy());
    return true;
  };
};

describe("downloading", () => {
  it("makes the cache as Python lays it out, and asks the network for nothing that is there", async () => {
    const events: ProgressEvent[] = [];
    const names = Object.keys(files);
    const model = await get({ files: names, onProgress: (event) => events.push(event) });
    const snapshot = join(folder(), "snapshots", the.hub.commit);
    expect(model).toMatchObject({ commit: the.hub.commit, directory: snapshot, licence: "mit" });
    expect(await readFile(join(folder(), "refs", "main"), "utf8")).toBe(the.hub.commit);
    expect((await readdir(join(folder(), "blobs"))).sort()).toEqual(
      names.map((name) => etagOf(files[name as keyof typeof files], name.endsWith(".safetensors"))).sort(),
    );
    expect(await readlink(join(snapshot, "model.safetensors"))).toBe(`../../blobs/${etagOf(weights, true)}`);
    expect(await readlink(join(snapshot, "sub/folder/notes.txt"))).toBe(
      `../../../../blobs/${etagOf(files["sub/folder/notes.txt"], false)}`,
    );
    expect(await holdsWeights(model)).toBe(true);
    expect(await readdir(join(the.home, "hub", ".locks", "models--some-org--some-model"))).toEqual([]);
    const done = events.flatMap((event) =>
      event.type === "download-progress" && event.file === "model.safetensors" ? [event.done] : [],
    );
    expect([done[0], done.at(-1)]).toEqual([0, weights.length]);

    the.hub.seen.length = 0;
    await get({ files: names });
    expect(the.hub.seen.map(({ method, path }) => `${method} ${path}`)).toEqual([`GET /api/models/${repository}/revision/main`]);
    the.hub.seen.length = 0;
    await get({ files: names }, `${repository}@${the.hub.commit}`);
    expect(the.hub.seen).toEqual([]);
  });
  it("what is whole in the cache is used without asking the hub, when told so", async () => {
    const wanted = { layouts: () => [{ needs: ["model.safetensors", "config.json"] }], preferCached: true };
    const first = await get(wanted);
    expect([...first.files.keys()]).toEqual(["model.safetensors", "config.json"]);
    the.hub.seen.length = 0;
    expect((await get(wanted)).files).toEqual(first.files);
    expect(the.hub.seen).toEqual([]);
    await rm(join(first.directory, "config.json"));
    expect((await get(wanted)).files).toEqual(first.files);
    expect(the.hub.seen.filter(({ path }) => path.includes("safetensors"))).toEqual([]);
    const error = await failure(get({ layouts: () => [{ needs: ["model.safetensors", "model_config.json"] }] }));
    expect([error.code, error.message]).toEqual(["not-found", expect.stringMatching(/no file "model_config\.json". It has/)]);
  });
  it("of an unknown model, takes weights and what describes them", async () => {
    expect([...(await get()).files.keys()]).toEqual(["model.safetensors", "config.json"]);
    const { files: entries } = await get({}, `${repository}@refs/pr/1`);
    expect((await openSafetensors(entries.get("model.safetensors") as string)).names()).toEqual(["encoder.weight"]);
    expect(await readFile(join(folder(), "refs/refs/pr/1"), "utf8")).toBe(the.hub.commit);
  });
  it("finds a cache that Python made, without a network", async () => {
    const commit = "0123456789012345678901234567890123456789";
    const snapshot = join(folder(), "snapshots", commit);
    await mkdir(join(folder(), "blobs"), { recursive: true });
    await mkdir(join(folder(), "refs"), { recursive: true });
    await mkdir(snapshot, { recursive: true });
    await writeFile(join(folder(), "refs", "main"), commit);
    await writeFile(join(folder(), "blobs", etagOf(weights, true)), weights);
    await symlink(`../../blobs/${etagOf(weights, true)}`, join(snapshot, "model.safetensors"));
    await symlink("../../blobs/gone", join(snapshot, "config.json"));
    const offline = settings({ HF_HUB_OFFLINE: "1" });
    const { files: found } = await get({ settings: offline, files: ["model.safetensors"] });
    expect(found.get("model.safetensors")).toBe(join(snapshot, "model.safetensors"));
    const error = await failure(get({ settings: offline, files: ["model.safetensors", "config.json"] }));
    expect([error.code, error.message]).toEqual([
      "not-found",
      expect.stringMatching(/lacks config\.json\. Unset HF_HUB_OFFLINE/),
    ]);
    await the.hub.close();
    expect((await get({ files: ["model.safetensors"], retries: 0 })).commit).toBe(commit);
    expect(the.hub.seen).toEqual([]);
  });
  it("continues within one call after a cut", async () => {
    cutAfter(400_000, 2);
    const model = await get();
    expect(await holdsWeights(model)).toBe(true);
    const ranges = the.hub.seen.filter(({ host }) => host === "store").map(({ range }) => range);
    const starts = ranges.map((range) => Number(/^bytes=(\d+)-$/.exec(range ?? "bytes=0-")?.[1]));
    expect(starts.length).toBe(3);
    expect(starts.every((start, i) => i === 0 || start > (starts[i - 1] as number))).toBe(true);
  });
  it("continues in the next call, and patience starts anew with every byte", async () => {
    cutAfter(100_000, 1);
    expect((await failure(get({ retries: 0 }))).code).toBe("download-failed");
    const kept = (await lstat(partialFile())).size;
    expect(kept).toBeGreaterThan(0);
    expect(await filesBelow(join(folder(), "snapshots"))).toEqual([]);
    the.hub.seen.length = 0;
    cutAfter(100_000, 6);
    const model = await get({ retries: 1 });
    expect(the.hub.seen.find(({ host }) => host === "store")?.range).toBe(`bytes=${kept}-`);
    const found = createHash("sha256")
      .update(await readFile(model.files.get("model.safetensors") as string))
      .digest("hex");
    expect(found).toBe(etagOf(weights, true));
    expect(existsSync(partialFile())).toBe(false);
  });
  it("begins again where the server does not resume, and where old bytes are wrong or too many", async () => {
    const partial = join(folder(), "blobs", `${etagOf(weights, true)}.foley.incomplete`);
    await mkdir(join(folder(), "blobs"), { recursive: true });
    await writeFile(partial, new Uint8Array(5000).fill(7));
    the.hub.fault = ({ host }, response) => {
      if (host !== "store") return false;
      response.writeHead(200, { "content-length": String(weights.length) }).end(weights);
      return true;
    };
    await get();
    await rm(folder(), { recursive: true });
    the.hub.fault = undefined;
    for (const bytes of [
      new Uint8Array(5000).fill(7),
      new Uint8Array(weights.length).fill(7),
      new Uint8Array(weights.length + 9),
    ]) {
      await mkdir(join(folder(), "blobs"), { recursive: true });
      await writeFile(partial, bytes);
      const model = await get();
      expect(await holdsWeights(model)).toBe(true);
      await rm(folder(), { recursive: true });
    }
  });
  it.each([
    ["other bytes", (bytes: Uint8Array) => bytes.map((byte, i) => (i === 77 ? byte ^ 1 : byte)), /its digest is/],
    ["too many bytes", (bytes: Uint8Array) => Buffer.concat([bytes, bytes]), /longer than the \d+ bytes/],
  ])("refuses %s and leaves nothing", async (_, change, message) => {
    the.hub.fault = ({ host }, response) => {
      if (host === "store") response.writeHead(200).end(change(weights));
      return host === "store";
    };
    const error = await failure(get());
    expect([error.code, error.message]).toEqual(["bad-file", expect.stringMatching(message)]);
    expect(await readdir(join(folder(), "blobs"))).toEqual([]);
    expect(existsSync(join(folder(), "refs"))).toBe(false);
    expect(existsSync(join(folder(), "snapshots"))).toBe(false);
  });
  it("small files are held to git's digest", async () => {
    the.hub.fault = ({ path, method }, response) => {
      if (method !== "GET" || !path.endsWith("config.json")) return false;
      response.writeHead(200).end('{"width": 5}\n');
      return true;
    };
    expect((await failure(get())).message).toMatch(/config\.json .* its digest is/);
  });
  it("puts up with a busy hub as long as it is told, and then says so", async () => {
    let busy = 3;
    the.hub.fault = ({ host }, response) => {
      if (host !== "hub" || busy-- <= 0) return false;
      response.writeHead(busy === 1 ? 429 : 503, busy === 1 ? { "retry-after": "0" } : {}).end();
      return true;
    };
    await get();
    busy = Number.POSITIVE_INFINITY;
    const error = await failure(get({}, `${repository}@refs/pr/1`));
    expect([error.code, error.message]).toEqual(["download-failed", expect.stringMatching(/answered 503/)]);
  });
  it("stops when told, keeps what has arrived, and says the reason", async () => {
    const stop = new AbortController();
    the.hub.fault = ({ host }, response) => {
      if (host !== "store") return false;
      response.writeHead(200, { "content-length": String(weights.length) }).write(weights.subarray(0, 200_000));
      void grownBeyond(0).then(() => stop.abort(new Error("enough")));
      return true;
    };
    await expect(get({ signal: stop.signal })).rejects.toThrow("enough");
    expect((await lstat(partialFile())).size).toBeGreaterThan(0);
  });
  it("two at once download once", async () => {
    const [one, two] = await Promise.all([get(), get()]);
    expect(one.files).toEqual(two.files);
    expect(the.hub.seen.filter(({ host }) => host === "store").length).toBe(1);
  });
  it("a lock whose owner died is taken over", async () => {
    const lock = join(the.home, "hub", ".locks", "models--some-org--some-model", `${etagOf(weights, true)}.foley.lock`);
    await mkdir(join(lock, ".."), { recursive: true });
    const { pid } = spawnSync(process.execPath, ["--version"]);
    await writeFile(lock, `${pid} ${hostname()} x`);
    await get();
    expect(existsSync(lock)).toBe(false);
  });
  it("a lock whose owner lives is waited for, and can be given up", async () => {
    const lock = join(the.home, "hub", ".locks", "models--some-org--some-model", `${etagOf(weights, true)}.foley.lock`);
    await mkdir(join(lock, ".."), { recursive: true });
    await writeFile(lock, `${process.pid} ${hostname()} x`);
    await expect(get({ signal: AbortSignal.timeout(400) })).rejects.toThrow(/timeout/);
    setTimeout(() => void rm(lock), 300);
    expect(await holdsWeights(await get())).toBe(true);
  });
});
