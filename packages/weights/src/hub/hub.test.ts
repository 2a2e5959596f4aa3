import { spawnSync } from "node:child_process";
import { createHash } from "node:crypto";
import { existsSync } from "node:fs";
import { lstat, mkdir, mkdtemp, readdir, readFile, readlink, rm, symlink, writeFile } from "node:fs/promises";
import { hostname, tmpdir } from "node:os";
import { join } from "node:path";
import { FoleyError, type ProgressEvent } from "@foley-control/core";
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from "vitest";
import { writeSafetensors } from "../index.js";
import {
  cachedModelOf,
  fetchModel,
  hubSettings,
  type LocalModel,
  listCachedModels,
  openSafetensors,
  parseModelReference,
  planRemoval,
  verifyCachedRevision,
} from "../node.js";
import { etagOf, startTestHub, type TestHub } from "./hub-server.test-support.js";
import { filesBelow } from "./models.js";

const repository = "some-org/some-model";
const token = "hf_secretSecretSecret";
const weights = writeSafetensors({
  "encoder.weight": { dtype: "float32", shape: [300_000], data: Float32Array.from({ length: 300_000 }, (_, i) => Math.sin(i)) },
});
const config = new TextEncoder().encode('{"width": 4}\n');
const files = { "model.safetensors": weights, "config.json": config, "sub/folder/notes.txt": new TextEncoder().encode("notes") };

let base: string;
let home: string;
let hub: TestHub;
beforeAll(async () => {
  base = await mkdtemp(join(tmpdir(), "foley-hub-"));
});
afterAll(() => rm(base, { recursive: true, force: true }));
beforeEach(async () => {
  home = await mkdtemp(join(base, "home-"));
  hub = await startTestHub(repository, files);
});
afterEach(() => hub.close());

const settings = (more: Record<string, string> = {}) => hubSettings({ HF_HOME: home, HF_ENDPOINT: hub.endpoint, ...more });
const folder = () => join(home, "hub", "models--some-org--some-model");
const get = (more: Partial<Parameters<typeof fetchModel>[1]> = {}, reference = repository) =>
  fetchModel(reference, { settings: settings(), retries: 3, retryDelayMs: 1, ...more });
/** Whether the weights of a model arrived as they are. */
const holdsWeights = async (model: LocalModel): Promise<boolean> =>
  Buffer.from(weights).equals(await readFile(model.files.get("model.safetensors") as string));
/** The error that a promise ends with; a promise that does not fail fails the test. */
const failure = async (work: Promise<unknown>): Promise<FoleyError> => {
  const error = await work.then(
    () => undefined,
    (cause: unknown) => cause,
  );
  if (!FoleyError.isInstance(error)) throw new Error(`expected a FoleyError, got ${String(error)}`);
  return error;
};
const partialFile = () => join(folder(), "blobs", `${etagOf(weights, true)}.foley.incomplete`);
/** Waits until bytes have reached the disk: what is still under way when a connection breaks is lost, and how much is chance. */
const grownBeyond = async (bytes: number): Promise<void> => {
  while ((await lstat(partialFile())).size <= bytes) await new Promise((done) => setTimeout(done, 5));
};
/** Cuts the answer of the store off after some bytes, the first `times` times. */
const cutAfter = (bytes: number, times: number): void => {
  hub.fault = ({ host, range }, response) => {
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

describe("references", () => {
  it("paths are what looks like one or exists; the rest is of the hub", async () => {
    expect(parseModelReference("org/name")).toEqual({ kind: "hub", repository: "org/name", revision: "main" });
    expect(parseModelReference("org/na.me_1@refs/pr/7")).toMatchObject({ repository: "org/na.me_1", revision: "refs/pr/7" });
    expect(parseModelReference("./org/name")).toEqual({ kind: "path", path: join(process.cwd(), "org/name") });
    expect(parseModelReference(base)).toEqual({ kind: "path", path: base });
  });
  it.each([
    "",
    "name",
    "a/b/c",
    "org/na--me",
    "../up",
    "org/..",
    "org/name@",
    "org/name@../x",
    "org/name@a//b",
    "-o/n",
    "o/n.git",
    "o/n\0",
  ])("%j is refused or a path that stays one", (text) => {
    if (text === "../up") expect(parseModelReference(text).kind).toBe("path");
    else expect(() => parseModelReference(text)).toThrow(/neither a file or folder/);
  });
});

describe("settings", () => {
  it("the cache is where Python looks, in Python's order", () => {
    const all = { HF_HUB_CACHE: "/a", HUGGINGFACE_HUB_CACHE: "/b", HF_HOME: "/c", XDG_CACHE_HOME: "/d", HOME: "/e" };
    const cacheOf = (env: Record<string, string>) => hubSettings(env).cache;
    expect(cacheOf(all)).toBe("/a");
    expect(cacheOf({ ...all, HF_HUB_CACHE: "" })).toBe("/b");
    expect(cacheOf({ HF_HOME: "/c", XDG_CACHE_HOME: "/d" })).toBe("/c/hub");
    expect(cacheOf({ XDG_CACHE_HOME: "/d" })).toBe("/d/huggingface/hub");
    expect(cacheOf({})).toMatch(/\/\.cache\/huggingface\/hub$/);
    expect(cacheOf({ HF_HUB_CACHE: "$BASE/x", BASE: "/f" })).toBe("/f/x");
  });
  it("the token is that of the environment, else that of the log-in; offline has Python's words", async () => {
    await writeFile(join(home, "token"), " hf_stored\n");
    expect(settings().token()).toBe("hf_stored");
    expect(settings({ HF_TOKEN: "hf_env" }).token()).toBe("hf_env");
    expect(settings({ HF_HUB_DISABLE_IMPLICIT_TOKEN: "1" }).token()).toBeUndefined();
    expect(() => settings({ HF_TOKEN: "hf_a\nb" }).token()).toThrow(/characters that no token has/);
    expect(["1", "ON", "yes", "True", "0", ""].map((value) => settings({ HF_HUB_OFFLINE: value }).offline)).toEqual([
      true,
      true,
      true,
      true,
      false,
      false,
    ]);
    expect(() => settings({ HF_ENDPOINT: "file:///etc" })).toThrow(/HF_ENDPOINT/);
  });
});

describe("downloading", () => {
  it("makes the cache as Python lays it out, and asks the network for nothing that is there", async () => {
    const events: ProgressEvent[] = [];
    const names = Object.keys(files);
    const model = await get({ files: names, onProgress: (event) => events.push(event) });
    const snapshot = join(folder(), "snapshots", hub.commit);
    expect(model).toMatchObject({ commit: hub.commit, directory: snapshot, licence: "mit" });
    expect(await readFile(join(folder(), "refs", "main"), "utf8")).toBe(hub.commit);
    expect((await readdir(join(folder(), "blobs"))).sort()).toEqual(
      names.map((name) => etagOf(files[name as keyof typeof files], name.endsWith(".safetensors"))).sort(),
    );
    expect(await readlink(join(snapshot, "model.safetensors"))).toBe(`../../blobs/${etagOf(weights, true)}`);
    expect(await readlink(join(snapshot, "sub/folder/notes.txt"))).toBe(
      `../../../../blobs/${etagOf(files["sub/folder/notes.txt"], false)}`,
    );
    expect(await holdsWeights(model)).toBe(true);
    expect(await readdir(join(home, "hub", ".locks", "models--some-org--some-model"))).toEqual([]);
    const done = events.flatMap((event) =>
      event.type === "download-progress" && event.file === "model.safetensors" ? [event.done] : [],
    );
    expect([done[0], done.at(-1)]).toEqual([0, weights.length]);

    hub.seen.length = 0;
    await get({ files: names });
    expect(hub.seen.map(({ method, path }) => `${method} ${path}`)).toEqual([`GET /api/models/${repository}/revision/main`]);
    hub.seen.length = 0;
    await get({ files: names }, `${repository}@${hub.commit}`);
    expect(hub.seen).toEqual([]);
  });
  it("what is whole in the cache is used without asking the hub, when told so", async () => {
    const wanted = { layouts: () => [{ needs: ["model.safetensors", "config.json"] }], preferCached: true };
    const first = await get(wanted);
    expect([...first.files.keys()]).toEqual(["model.safetensors", "config.json"]);
    hub.seen.length = 0;
    expect((await get(wanted)).files).toEqual(first.files);
    expect(hub.seen).toEqual([]);
    await rm(join(first.directory, "config.json"));
    expect((await get(wanted)).files).toEqual(first.files);
    expect(hub.seen.filter(({ path }) => path.includes("safetensors"))).toEqual([]);
    const error = await failure(get({ layouts: () => [{ needs: ["model.safetensors", "model_config.json"] }] }));
    expect([error.code, error.message]).toEqual(["not-found", expect.stringMatching(/no file "model_config\.json". It has/)]);
  });
  it("of an unknown model, takes weights and what describes them", async () => {
    expect([...(await get()).files.keys()]).toEqual(["model.safetensors", "config.json"]);
    const { files: entries } = await get({}, `${repository}@refs/pr/1`);
    expect((await openSafetensors(entries.get("model.safetensors") as string)).names()).toEqual(["encoder.weight"]);
    expect(await readFile(join(folder(), "refs/refs/pr/1"), "utf8")).toBe(hub.commit);
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
    await hub.close();
    expect((await get({ files: ["model.safetensors"], retries: 0 })).commit).toBe(commit);
    expect(hub.seen).toEqual([]);
  });
  it("continues within one call after a cut", async () => {
    cutAfter(400_000, 2);
    const model = await get();
    expect(await holdsWeights(model)).toBe(true);
    const ranges = hub.seen.filter(({ host }) => host === "store").map(({ range }) => range);
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
    hub.seen.length = 0;
    cutAfter(100_000, 6);
    const model = await get({ retries: 1 });
    expect(hub.seen.find(({ host }) => host === "store")?.range).toBe(`bytes=${kept}-`);
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
    hub.fault = ({ host }, response) => {
      if (host !== "store") return false;
      response.writeHead(200, { "content-length": String(weights.length) }).end(weights);
      return true;
    };
    await get();
    await rm(folder(), { recursive: true });
    hub.fault = undefined;
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
    hub.fault = ({ host }, response) => {
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
    hub.fault = ({ path, method }, response) => {
      if (method !== "GET" || !path.endsWith("config.json")) return false;
      response.writeHead(200).end('{"width": 5}\n');
      return true;
    };
    expect((await failure(get())).message).toMatch(/config\.json .* its digest is/);
  });
  it("puts up with a busy hub as long as it is told, and then says so", async () => {
    let busy = 3;
    hub.fault = ({ host }, response) => {
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
    hub.fault = ({ host }, response) => {
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
    expect(hub.seen.filter(({ host }) => host === "store").length).toBe(1);
  });
  it("a lock whose owner died is taken over", async () => {
    const lock = join(home, "hub", ".locks", "models--some-org--some-model", `${etagOf(weights, true)}.foley.lock`);
    await mkdir(join(lock, ".."), { recursive: true });
    const { pid } = spawnSync(process.execPath, ["--version"]);
    await writeFile(lock, `${pid} ${hostname()} x`);
    await get();
    expect(existsSync(lock)).toBe(false);
  });
  it("a lock whose owner lives is waited for, and can be given up", async () => {
    const lock = join(home, "hub", ".locks", "models--some-org--some-model", `${etagOf(weights, true)}.foley.lock`);
    await mkdir(join(lock, ".."), { recursive: true });
    await writeFile(lock, `${process.pid} ${hostname()} x`);
    await expect(get({ signal: AbortSignal.timeout(400) })).rejects.toThrow(/timeout/);
    setTimeout(() => void rm(lock), 300);
    expect(await holdsWeights(await get())).toBe(true);
  });
});

describe("who may read", () => {
  it("the token goes to the hub and to no other host, and is in no message", async () => {
    await hub.close();
    hub = await startTestHub(repository, files, { token });
    await get({ settings: settings({ HF_TOKEN: token }) });
    const sent = new Map(hub.seen.map(({ host, authorization }) => [host, authorization]));
    expect(Object.fromEntries(sent)).toEqual({ hub: `Bearer ${token}`, store: undefined });
    hub.fault = (_, response) => {
      response.writeHead(500, { "x-error-message": token }).end(token);
      return true;
    };
    const error = await failure(get({ settings: settings({ HF_TOKEN: token }), retries: 0 }, `${repository}@refs/pr/1`));
    expect(JSON.stringify([error.message, String(error.cause), error.stack])).not.toContain(token);
  });
  it("says what to do about conditions, tokens, names, revisions and files", async () => {
    const message = async (work: Promise<unknown>) => {
      const { code, message: text } = await failure(work);
      return `${code}: ${text}`;
    };
    expect(await message(get({}, "some-org/another"))).toMatch(
      /^not-found: 127.* knows no model some-org\/another.*set HF_TOKEN/,
    );
    expect(await message(get({}, `${repository}@v9`))).toMatch(/^not-found: .*no branch, tag or commit "v9"/);
    expect(await message(get({ files: ["no.bin"] }))).toMatch(/^not-found: .*has no file "no\.bin"\. It has model\.safetensors/);
    await hub.close();
    hub = await startTestHub(repository, files, { token });
    const gated = await message(get());
    expect(gated).toMatch(/^access-denied: .*accepted its conditions\. Open http.*\/some-org\/some-model, log in and accept/);
    expect(gated).toContain(`make a token at ${hub.endpoint}/settings/tokens, and set HF_TOKEN`);
    expect(await message(get({ settings: settings({ HF_TOKEN: "hf_other" }) }))).toMatch(/^access-denied: .*with the account/);
    hub.fault = (_, response) => {
      response.writeHead(401, { "x-error-message": "Invalid credentials in Authorization header" }).end();
      return true;
    };
    expect(await message(get({ settings: settings({ HF_TOKEN: "hf_old" }) }))).toMatch(/does not accept the access token/);
  });
});

describe("hostile hubs", () => {
  const announce = (headers: Record<string, string>): void => {
    hub.fault = ({ method }, response) => {
      if (method === "HEAD") response.writeHead(200, headers).end();
      return method === "HEAD";
    };
  };
  it("names of files and ETags stay inside the cache", async () => {
    for (const file of ["../../../evil", "a/../../b", "/etc/passwd", "a\\..\\b", "a//b", "c:/x"]) {
      hub.fault = ({ path }, response) => {
        if (path.startsWith("/api"))
          response.writeHead(200).end(JSON.stringify({ sha: hub.commit, siblings: [{ rfilename: file }] }));
        return path.startsWith("/api");
      };
      expect((await failure(get({ files: [file] }))).message).toMatch(/not a path inside a repository/);
    }
    announce({ "x-linked-etag": '"../../evil"', "x-linked-size": "4" });
    expect((await failure(get())).message).toMatch(/cannot name a file/);
    hub.fault = (_, response) => {
      response.writeHead(200).end(JSON.stringify({ sha: "../../x", siblings: [] }));
      return true;
    };
    expect((await failure(get())).message).toMatch(/does not answer as a hub does/);
    expect(await filesBelow(home)).toEqual([]);
  });
  it("what is promised must be checkable, and fit on the disk", async () => {
    announce({ etag: '"whatever"' });
    expect((await failure(get())).message).toMatch(/neither a digest nor the size/);
    announce({ "x-linked-etag": `"${"a".repeat(64)}"`, "x-linked-size": "900000000000000" });
    const error = await failure(get());
    expect([error.code, error.message]).toEqual(["not-writable", expect.stringMatching(/needs 900000\.00 GB/)]);
  });
  it("what could steer a terminal is left out of what is told", async () => {
    hub.fault = ({ path }, response) => {
      const siblings = [{ rfilename: "config.json" }, { rfilename: "\u001b[2J" }];
      if (path.startsWith("/api"))
        response.end(JSON.stringify({ sha: hub.commit, siblings, cardData: { license: "\u001b[2J" } }));
      return path.startsWith("/api");
    };
    expect((await failure(get())).message).toMatch(/there are config\.json\.$/);
    expect((await get({ files: ["config.json"] })).licence).toBeUndefined();
  });
  it("redirects in circles end", async () => {
    hub.fault = ({ path }, response) => {
      response.writeHead(307, { location: path }).end();
      return true;
    };
    expect((await failure(get())).message).toMatch(/redirects in a circle/);
  });
});

describe("the cache", () => {
  it("lists, verifies, and removes what belongs to a model and nothing else", async () => {
    await get();
    await mkdir(join(home, "hub", "datasets--a--b"));
    const [model, ...more] = await listCachedModels(settings());
    expect(more).toEqual([]);
    expect(model).toMatchObject({ repository, size: weights.length + config.length });
    const revision = model?.revisions[0];
    if (model === undefined || revision === undefined) throw new Error("no revision");
    expect([revision.commit, revision.refs]).toEqual([hub.commit, ["main"]]);
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
    expect((await readdir(join(home, "hub"))).sort()).toEqual([".locks", "datasets--a--b"]);
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
    expect(await readdir(join(folder(), "snapshots"))).toEqual([hub.commit]);
    expect((await readdir(join(folder(), "blobs"))).sort()).toEqual([etagOf(weights, true), etagOf(config, false)].sort());
    expect((await get({ settings: settings({ HF_HUB_OFFLINE: "1" }) })).commit).toBe(hub.commit);
  });
  it("never follows links out of the cache", async () => {
    const outside = await mkdtemp(join(base, "outside-"));
    await writeFile(join(outside, "precious"), "x");
    await get();
    await symlink(outside, join(folder(), "snapshots", hub.commit, "linked"));
    const model = await cachedModelOf(settings(), repository);
    if (model === undefined) throw new Error("not there");
    await (await planRemoval(settings(), model)).run();
    expect([await readdir(outside), existsSync(folder())]).toEqual([["precious"], false]);
    await symlink(outside, folder());
    expect(await cachedModelOf(settings(), repository)).toBeUndefined();
    await expect(planRemoval(settings(), model)).rejects.toThrow(/is a link to/);
  });
});
