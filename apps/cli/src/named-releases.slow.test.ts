/** Releases named at the command line: by path, by the list, and by their ids on a hub on this machine. */
import { mkdir, mkdtemp, readFile, rm, symlink, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { stableAudioOpen } from "@foley-control/audio-backbone/node";
import { bridgeConfig, freshBridge, saveBridge } from "@foley-control/bridge";
import { assembleCases, goldenPath } from "@foley-control/golden/node";
import { vjepa2 } from "@foley-control/video-encoder/node";
import { afterAll, beforeAll, beforeEach, describe, expect, it } from "vitest";
import { startTestHub, type TestHub } from "../../../packages/weights/src/hub/hub-server.test-support.js";
import { ran } from "./testing.js";

const ids = {
  backbone: "stabilityai/stable-audio-open-1.0",
  t5: "google-t5/t5-base",
  encoder: "facebook/vjepa2-vitl-fpc64-256",
  bridge: "someone/my-bridge",
} as const;
const clip = goldenPath("clips/h264-aac.mp4");
const token = "hf_neverShown";
let base: string;
let home: string;
let hub: TestHub;
let paths: Record<keyof typeof ids, string>;

beforeAll(async () => {
  base = await mkdtemp(join(tmpdir(), "foley-named-"));
  await assembleCases(join(base, "cases"));
  const backbone = join(base, "cases/sao/sao-tiny");
  paths = {
    backbone,
    t5: join(backbone, "t5-tiny"),
    encoder: join(base, "cases/vjepa2/vjepa2-hf-tiny"),
    bridge: join(base, "bridge.safetensors"),
  };
  const config = bridgeConfig(await stableAudioOpen(backbone, { t5: paths.t5 }), await vjepa2(paths.encoder));
  await writeFile(paths.bridge, saveBridge(freshBridge(config, 1)));
  const of = async (folder: string, ...names: readonly string[]) =>
    Object.fromEntries(await Promise.all(names.map(async (name) => [name, await readFile(join(folder, name))] as const)));
  const sound = await of(backbone, "model.safetensors", "model_config.json");
  hub = await startTestHub(
    ids.backbone,
    { ...sound, "model.ckpt": new Uint8Array(9), "vae_model.ckpt": new Uint8Array(9) },
    {
      token,
      others: {
        [ids.t5]: {
          ...(await of(paths.t5, "model.safetensors", "config.json", "tokenizer.json")),
          "tf_model.h5": new Uint8Array(9),
        },
        [ids.encoder]: await of(paths.encoder, "model.safetensors", "config.json"),
        [ids.bridge]: { "mine.safetensors": await readFile(paths.bridge), "README.md": new Uint8Array(9) },
      },
    },
  );
});
afterAll(async () => {
  await hub.close();
  await rm(base, { recursive: true, force: true });
});
beforeEach(async () => {
  home = await mkdtemp(join(base, "home-"));
  hub.seen.length = 0;
});

const foley = (argv: readonly string[], env: Record<string, string> = {}) =>
  ran(argv, {
    env: { HF_HOME: home, FOLEY_CONFIG_DIR: join(home, "config"), HF_ENDPOINT: hub.endpoint, HF_TOKEN: token, ...env },
  });
const generate = (flags: readonly string[], env?: Record<string, string>) =>
  foley(["generate", clip, "glass", "--device", "cpu", "--steps", "1", "--audio", join(home, "a.wav"), ...flags], env);
const flags = ({ t5, ...names }: Partial<typeof paths>) =>
  Object.entries({ ...names, "text-encoder": t5 }).flatMap(([flag, name]) => (name === undefined ? [] : [`--${flag}`, name]));
const requested = () => hub.seen.filter(({ method }) => method === "GET").map(({ path }) => path.split("/").at(-1));

describe("models of the hub", () => {
  it("are fetched with progress, only what is needed; licences are said once; then the cache is enough", {
    timeout: 300_000,
  }, async () => {
    const first = await generate(flags(ids));
    expect([first.code, first.out]).toEqual([0, `${join(home, "a.wav")}\n`]);
    expect(requested()).not.toEqual(expect.arrayContaining([expect.stringMatching(/ckpt|h5|README/)]));
    expect(first.err).toMatch(/^downloading model\.safetensors …$/m);
    expect(first.err.match(/^Licence of the weights of .*$/gm)).toEqual([
      "Licence of the weights of someone/my-bridge: mit. It is yours to follow.",
      expect.stringMatching(/of facebook\/vjepa2-vitl-fpc64-256: MIT/),
      expect.stringMatching(/of google-t5\/t5-base: Apache-2\.0; see https:\/\/huggingface\.co\/google-t5\/t5-base\./),
      expect.stringMatching(/of stabilityai\/stable-audio-open-1\.0: Stability AI Community License; see https/),
    ]);
    const wave = await readFile(join(home, "a.wav"));

    hub.seen.length = 0;
    const again = await generate(flags({ ...ids, backbone: `${ids.backbone}@main` }));
    expect([again.code, hub.seen]).toEqual([0, []]);
    expect(again.err).not.toMatch(/downloading|Licence/);
    expect(await readFile(join(home, "a.wav"))).toEqual(wave);
    const byPath = await generate(flags(paths));
    expect([byPath.code, hub.seen]).toEqual([0, []]);
    expect(await readFile(join(home, "a.wav"))).toEqual(wave);
    // The last part of a known id is enough for what is in the cache; the T5 comes with the backbone.
    const short = await generate(["--backbone", "stable-audio-open-1.0", "--quiet"], { HF_HUB_OFFLINE: "1" });
    expect([short.code, short.err, hub.seen]).toEqual([0, "", []]);
  });
  it("refusals say what to do: conditions, no network, no such model, another kind", async () => {
    const gated = await generate(["--backbone", ids.backbone], { HF_TOKEN: "" });
    expect(gated).toMatchObject({
      code: 1,
      err: expect.stringMatching(/accept the conditions, make a token at http.*set HF_TOKEN/),
    });
    hub.seen.length = 0;
    const offline = await generate(["--backbone", ids.backbone], { HF_HUB_OFFLINE: "1" });
    expect(offline).toMatchObject({ code: 1, err: expect.stringMatching(/lacks model\.safetensors, model_config\.json/) });
    expect(hub.seen).toEqual([]);
    const unknown = await generate(["--backbone", "weights/sao"]);
    expect(unknown).toMatchObject({
      code: 1,
      err: expect.stringMatching(/knows no model weights\/sao.*No file or folder \/.*is here either/),
    });
    const other = await generate(["--backbone", ids.t5]);
    expect(other).toMatchObject({
      code: 2,
      err: expect.stringMatching(/--backbone was given google-t5\/t5-base.*T5 base, text-encoder/),
    });
    expect(gated.err + offline.err).not.toContain(token);
  });
});

describe("names and paths", () => {
  it("names on the list are used; one that is two things is refused", async () => {
    const copy = join(home, "other", "bridge.safetensors");
    await mkdir(join(home, "other"));
    await symlink(paths.bridge, copy);
    await foley(["models", "add", paths.bridge]);
    await foley(["models", "add", paths.backbone, "--as", ids.backbone]);
    await foley(["models", "add", paths.encoder, "--as", ids.encoder]);
    const names = { backbone: "sao-tiny", t5: paths.t5, encoder: ids.encoder, bridge: "bridge.safetensors" };
    const listed = await generate(flags(names));
    expect([listed.code, hub.seen]).toEqual([0, []]);
    expect(listed.err.match(/^Licence of the weights of \S+/gm)).toHaveLength(2);
    await foley(["models", "add", copy]);
    const both = await generate(flags(names));
    expect(both).toMatchObject({ code: 2, err: expect.stringContaining(`can be ${paths.bridge} or ${copy}. Give the path.`) });
    expect((await foley(["models", "info", "bridge.safetensors"])).out.match(/^\/.*safetensors$/gm)).toEqual([
      paths.bridge,
      copy,
    ]);
  });
  it("a path that exists is the path, also a folder with a bridge", async () => {
    const before = process.cwd();
    await mkdir(join(home, ids.bridge), { recursive: true });
    await symlink(paths.bridge, join(home, ids.bridge, "bridge.safetensors"));
    process.chdir(home);
    try {
      expect((await generate(flags({ ...paths, bridge: ids.bridge }))).code).toBe(0);
      expect(hub.seen).toEqual([]);
    } finally {
      process.chdir(before);
    }
  });
  it.each([
    [
      "sao",
      2,
      /"sao" is no model that is here: it is no file or folder \(\/.*\/sao\), no name on your list \(.*models\.json\), and no model in the cache \(.*hub\)/,
    ],
    ["t5-base", 1, /Give google-t5\/t5-base, which is fetched/],
    ["vitl.pt", 1, /Download it from https:\/\/dl\.fbaipublicfiles/],
  ] as const)("%s, which is not here: says what was tried and what to do, and fetches nothing", async (word, code, message) => {
    for (const argv of [
      ["models", "info", word],
      ["generate", clip, "--backbone", word],
    ]) {
      expect(await foley(argv)).toMatchObject({ code, err: expect.stringMatching(message) });
    }
    expect(hub.seen).toEqual([]);
  });
});
