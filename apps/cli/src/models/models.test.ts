/** `foley models` against a hub on this machine. */
import { createHash } from "node:crypto";
import { mkdir, mkdtemp, readdir, readFile, rm, stat, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { writeSafetensors } from "@foley-control/weights";
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from "vitest";
import { etagOf, startTestHub, type TestHub } from "../../../../packages/weights/src/hub/hub-server.test-support.js";
import type { Io } from "../io.js";
import { ran } from "../testing.js";

const id = "facebook/vjepa2-vitl-fpc64-256";
const number = (length: number, value = 1) =>
  ({ dtype: "float32", shape: [length], data: new Float32Array(length).fill(value) }) as const;
const weights = writeSafetensors({
  "encoder.layernorm.weight": number(1000),
  "encoder.layer.0.norm1.weight": { dtype: "float16", shape: [10, 20], data: new Uint16Array(200) },
  "predictor.proj.weight": number(50),
});
const files = {
  "model.safetensors": weights,
  "config.json": new TextEncoder().encode("{}"),
  "README.md": new TextEncoder().encode("#"),
};
const token = "hf_neverShown";

let base: string;
let home: string;
let hub: TestHub;
beforeAll(async () => {
  base = await mkdtemp(join(tmpdir(), "foley-models-"));
  hub = await startTestHub(id, files, { licence: "mit" });
});
afterAll(async () => {
  await hub.close();
  await rm(base, { recursive: true, force: true });
});
beforeEach(async () => {
  home = await mkdtemp(join(base, "home-"));
});
afterEach(() => {
  hub.fault = undefined;
});

const models = (argv: readonly string[], more: Partial<Io> = {}, env: Record<string, string> = {}) =>
  ran(["models", ...argv], {
    env: { HF_HOME: home, FOLEY_CONFIG_DIR: join(home, "config"), HF_ENDPOINT: hub.endpoint, HF_TOKEN: token, ...env },
    ...more,
  });
const parsed = async (argv: readonly string[]) => JSON.parse((await models([...argv, "--json"])).out);
const folder = () => join(home, "hub", "models--facebook--vjepa2-vitl-fpc64-256");

it.each(["list", "add", "info", "verify", "remove"])("%s says what it does, with an example", async (name) => {
  const { code, out } = await models([name, "--help"]);
  expect(code).toBe(0);
  expect(out).toMatch(new RegExp(`Usage: foley models ${name}`));
  expect(out).toMatch(/Examples?:\n {2}foley models/);
});

describe("models of the hub", () => {
  it("are added, listed, looked into, verified and removed", async () => {
    const empty = await models(["list"]);
    expect(empty.out).toMatch(/No models .* are here yet[\s\S]*Not here\n[\s\S]*facebook\/vjepa2-vitl-fpc64-256 +video-encoder/);
    expect(empty.out).toMatch(/stabilityai\/stable-audio-open-1\.0 .* conditions to accept/);

    const added = await models(["add", id]);
    expect([added.code, added.out.trim().split("\n").length]).toEqual([0, 2]);
    expect(added.err).toMatch(/^downloading model\.safetensors …$/m);
    expect(added.err).toMatch(/Licence of the weights: mit\./);
    expect(added.out + added.err).not.toContain(token);
    expect(await readFile(join(folder(), "snapshots", hub.commit, "model.safetensors"))).toEqual(Buffer.from(weights));

    expect((await models(["list"])).out).toMatch(/^facebook\/vjepa2-vitl-fpc64-256 +video-encoder +main +\d\.\d kB +complete$/m);
    const list = await parsed(["list"]);
    expect(list).toMatchObject({
      cache: join(home, "hub"),
      models: [{ id, complete: true, commit: hub.commit, revision: "main" }],
    });
    expect(list.available.map((each: { id: string }) => each.id)).not.toContain(id);

    const info = await parsed(["info", id]);
    expect(info.models[0]).toMatchObject({
      licence: expect.stringMatching(/MIT/),
      weights: [
        {
          file: "model.safetensors",
          format: "safetensors",
          total: { tensors: 3, parameters: 1250, bytes: 4600, precision: ["F32", "F16"] },
          parts: [
            { name: "encoder", tensors: 2, parameters: 1200 },
            { name: "predictor (not used)", tensors: 1, parameters: 50, precision: ["F32"] },
          ],
        },
      ],
    });
    expect((await models(["info", id])).out).toMatch(/predictor \(not used\) +0\.00 million parameters +1 tensors +F32/);

    const verified = await models(["verify", "--deep"]);
    expect(verified).toMatchObject({
      code: 0,
      out: expect.stringMatching(/^ok .*model\.safetensors: digest [0-9a-f]{64} as named$/m),
    });

    const refused = await models(["remove", id]);
    expect(refused).toMatchObject({ code: 2, err: expect.stringMatching(/say --yes/) });
    let asked = "";
    const kept = await models(["remove", id], {
      confirm: async (question) => {
        asked = question;
        return false;
      },
    });
    expect(kept).toMatchObject({ code: 1, err: expect.stringMatching(/Nothing was removed/) });
    expect(asked).toContain(folder());
    expect(await parsed(["remove", id, "--yes"])).toMatchObject({ removed: [folder(), expect.stringContaining(".locks")] });
    expect(await readdir(join(home, "hub"))).toEqual([".locks"]);
    expect(await models(["info", id])).toMatchObject({
      code: 1,
      err: expect.stringMatching(/Fetch it with `foley models add facebook/),
    });
  });
  it("a download that was cut goes on with the same command", async () => {
    hub.fault = ({ host }, response) => {
      if (host !== "store") return false;
      response.writeHead(200, { "content-length": String(weights.length) });
      response.write(weights.subarray(0, 1000));
      void arrived().then(() => stop.abort(new Error("interrupted")));
      return true;
    };
    const stop = new AbortController();
    const size = async () => (await stat(join(folder(), "blobs", `${etagOf(weights, true)}.foley.incomplete`))).size;
    const arrived = async () => {
      while ((await size()) === 0) await new Promise((done) => setTimeout(done, 5));
    };
    const first = await models(["add", id], { signal: stop.signal });
    expect(first).toMatchObject({ code: 130, out: "", err: expect.stringMatching(/What has arrived is kept/) });
    const kept = await size();
    hub.fault = undefined;
    hub.seen.length = 0;
    expect((await models(["add", id, "--quiet"])).err).toBe("");
    expect(hub.seen.filter(({ host }) => host === "store").map(({ range }) => range)).toEqual([`bytes=${kept}-`]);
    expect((await models(["verify", id])).code).toBe(0);
  });
  it("what was changed or is missing is found", async () => {
    await models(["add", id]);
    const blob = join(folder(), "blobs", etagOf(weights, true));
    await writeFile(blob, weights.subarray(0, -1));
    await rm(join(folder(), "snapshots", hub.commit, "config.json"));
    const { code, out, err } = await models(["verify", id]);
    expect(code).toBe(1);
    expect(out).toMatch(/^WRONG .*model\.safetensors: digest [0-9a-f]{64}, named [0-9a-f]{64}$/m);
    expect(out).toMatch(/^WRONG .*config\.json: is missing$/m);
    expect(err).toMatch(/2 of 2 files/);
    expect((await models(["list"])).out).toMatch(/lacks config\.json/);
  });
  it("refusals say what to do, and never the token", async () => {
    hub.fault = (_, response) => {
      response.writeHead(403, { "x-error-code": "GatedRepo" }).end();
      return true;
    };
    const gated = await models(["add", id]);
    expect(gated).toMatchObject({ code: 1, out: "", err: expect.stringMatching(/accepted its conditions\. Open http/) });
    expect(gated.err).not.toContain(token);
    expect(await models(["add", id], {}, { HF_HUB_OFFLINE: "1" })).toMatchObject({
      code: 1,
      err: expect.stringMatching(/lacks model\.safetensors, config\.json/),
    });
    for (const [argv, message] of [
      [["add", "nonsense"], /neither a file or folder here nor a model/],
      [["add", id, "--as", id], /--as is for/],
      [["add", base, "--as", "who"], /--as was given "who"/],
      [["add"], /missing required argument/],
      [["destroy"], /unknown command|too many arguments/],
    ] as const) {
      expect(await models(argv)).toMatchObject({ code: 2, out: "", err: expect.stringMatching(message) });
    }
    expect(await models(["add", "vitl.pt"])).toMatchObject({
      code: 1,
      err: expect.stringMatching(/Download it from https:\/\/dl\.fb/),
    });
  });
});

describe("files of one's own", () => {
  it("are put on the list with their digests, verified, and never deleted", async () => {
    const mine = join(home, "vjepa2-vitl-fpc64-256");
    await mkdir(mine);
    await writeFile(join(mine, "model.safetensors"), weights);
    expect(await models(["add", mine])).toMatchObject({ code: 1, err: expect.stringMatching(/has no config\.json/) });
    await writeFile(join(mine, "config.json"), "{}");
    expect((await models(["add", mine])).out).toMatch(/V-JEPA 2 ViT-L/);
    const path = join(home, "config", "models.json");
    expect(JSON.parse(await readFile(path, "utf8"))).toEqual({
      version: 1,
      models: [
        {
          path: mine,
          model: id,
          files: [
            { name: "config.json", size: 2, sha256: createHash("sha256").update("{}").digest("hex") },
            { name: "model.safetensors", size: weights.length, sha256: etagOf(weights, true) },
          ],
        },
      ],
    });
    expect(await readdir(join(home, "config"))).toEqual(["models.json"]);
    expect((await models(["verify", mine, "--deep"])).code).toBe(0);
    await writeFile(join(mine, "config.json"), "{ }");
    expect(await models(["verify", mine])).toMatchObject({
      code: 1,
      out: expect.stringMatching(/^WRONG .*config\.json.*noted was/m),
    });
    const listed = await models(["list"]);
    expect(listed.out).toMatch(/vjepa2-vitl-fpc64-256 +video-encoder +yours .* complete/);
    expect((await models(["remove", mine, "--yes"])).out).toMatch(/off the list; the files are where they were/);
    expect((await readdir(mine)).sort()).toEqual(["config.json", "model.safetensors"]);
    expect(await models(["remove", mine, "--yes"])).toMatchObject({ code: 1, err: expect.stringMatching(/not on the list/) });
    expect((await parsed(["list"])).models).toEqual([]);
  });
  it("broken ones are refused, and NaN is found where it is looked for", async () => {
    const bad = join(home, "bad.safetensors");
    await writeFile(bad, weights.subarray(0, -4));
    expect(await models(["add", bad])).toMatchObject({ code: 1, err: expect.stringMatching(/bad\.safetensors/) });
    await writeFile(bad, writeSafetensors({ a: number(4), b: number(3, Number.NaN) }));
    expect((await models(["add", bad])).code).toBe(0);
    expect((await models(["verify", bad])).code).toBe(0);
    expect(await models(["verify", bad, "--deep"])).toMatchObject({
      code: 1,
      out: expect.stringMatching(/"b" .* holds NaN at element 0/),
    });
    const steering = join(home, "steering.safetensors");
    await writeFile(steering, writeSafetensors({ "\u001b[2J.a": number(1) }));
    expect((await models(["info", steering])).out).toMatch(/ {4}\?\[2J +0\.00 million/);
    await rm(bad);
    expect(await models(["verify", bad])).toMatchObject({ code: 1, out: expect.stringMatching(/bad\.safetensors: is missing/) });
  });
  it("a list that somebody broke is refused, not replaced", async () => {
    await mkdir(join(home, "config"));
    await writeFile(join(home, "config", "models.json"), '{"version": 1, "models": [{"path": 3}]}');
    expect(await models(["list"])).toMatchObject({ code: 1, err: expect.stringMatching(/Mend it or delete it/) });
    expect(await readFile(join(home, "config", "models.json"), "utf8")).toMatch(/3/);
  });
});
