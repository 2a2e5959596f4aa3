/** A model asked for by one word: its licence accepted first, its files from several repositories of a hub on this machine, and opened. */
import { mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, beforeEach, describe, expect, it } from "vitest";
import { filesBelow } from "../../../weights/src/hub/fetch-model.js";
import { startTestHub, type TestHub } from "../../../weights/src/hub/hub-server.test-support.js";
import { addNamed, findHeld, isReleasedBackbone, type LicenceTerms, openParts, verifyModel } from "../node.js";
import { letterTokeniser, SMALL_MMAUDIO, writeMmaudioRelease } from "./mmaudio-release.test-support.js";

const word = "mmaudio-small-16k";
const repositories = ["hkchengrex/MMAudio", "apple/DFN5B-CLIP-ViT-H-14-384"] as const;
let base: string;
let home: string;
let hub: TestHub;
let folders: readonly [string, string];
beforeAll(async () => {
  base = await mkdtemp(join(tmpdir(), "foley-word-"));
  folders = [join(base, "MMAudio"), join(base, "clip")];
  await writeMmaudioRelease(...folders, SMALL_MMAUDIO);
  await writeFile(join(folders[1], "tokenizer.json"), JSON.stringify(letterTokeniser()));
  const of = async (folder: string) =>
    Object.fromEntries(
      await Promise.all((await filesBelow(folder)).map(async (name) => [name, await readFile(join(folder, name))] as const)),
    );
  const more = { "weights/mmaudio_large_44k_v2.pth": new Uint8Array(9) };
  hub = await startTestHub(
    repositories[0],
    { ...(await of(folders[0])), ...more },
    {
      others: { [repositories[1]]: await of(folders[1]) },
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

const env = (more = {}) => ({ HF_HOME: home, FOLEY_CONFIG_DIR: join(home, "config"), HF_ENDPOINT: hub.endpoint, ...more });
const yes = () => true;

describe("a model by its word", () => {
  it("is fetched when its licence is accepted, which is asked once; from each repository only what it needs", async () => {
    const asked: LicenceTerms[] = [];
    const notices: string[] = [];
    const acceptLicence = (terms: LicenceTerms): boolean => asked.push(terms) > 0;
    const options = { env: env(), acceptLicence, onNotice: (notice: string) => notices.push(notice) };
    const { backbone } = await openParts({ backbone: word }, options);
    expect(backbone).toMatchObject({ id: "mmaudio/v1-16000-1+1x64", streams: [{ name: "clip" }, { name: "sync" }] });
    expect(asked).toEqual([
      expect.objectContaining({ name: word, licence: "CC BY-NC 4.0", repositories, page: expect.stringContaining("https://") }),
    ]);
    // The published sizes: 601 + 655 + 429 + 907 MiB and 3.95 GB.
    expect((asked[0] as LicenceTerms).bytes / 1e9).toBeCloseTo(6.7, 1);
    expect(notices).toEqual([expect.stringMatching(/mmaudio-small-16k: CC BY-NC 4\.0, non-commercial use only; see https/)]);
    const fetched = hub.seen.filter(({ method, path }) => method === "GET" && path.includes("/resolve/"));
    expect(new Set(fetched.map(({ path }) => path.split("/").at(-1)))).toEqual(
      new Set([
        "best_netG.pt",
        "mmaudio_small_16k.pth",
        "open_clip_config.json",
        "open_clip_model.safetensors",
        "synchformer_state_dict.pth",
        "tokenizer.json",
        "v1-16.pth",
      ]),
    );

    hub.seen.length = 0;
    const again = await openParts({ backbone: word, clip: false }, { env: env({ HF_HUB_OFFLINE: "1" }) });
    expect([again.backbone.streams?.map(({ name }) => name), hub.seen]).toEqual([["sync"], []]);
    for (const held of await findHeld(word, { env: env() }))
      expect((await verifyModel(held, { env: env() })).map(({ state }) => state)).not.toContain("wrong");
  });

  it("is refused where nobody accepts the licence, with where to read it; nothing is asked of the hub", async () => {
    const said =
      /MMAudio small, 16 kHz are for non-commercial use only \(CC BY-NC 4\.0\).*nothing was fetched.*https:.*options\.acceptLicence/;
    for (const acceptLicence of [undefined, () => false])
      await expect(openParts({ backbone: word }, { env: env(), acceptLicence })).rejects.toMatchObject({
        code: "access-denied",
        message: expect.stringMatching(said),
      });
    expect(hub.seen).toEqual([]);
  });

  it("goes on where a download was cut off, and takes nothing that is not what the hub announced", async () => {
    const stop = new AbortController();
    hub.fault = ({ path, method }, response) => {
      if (method !== "GET" || !path.endsWith("v1-16.pth")) return false;
      response.destroy();
      stop.abort();
      return true;
    };
    await expect(addNamed(word, { env: env(), acceptLicence: yes, signal: stop.signal })).rejects.toThrow();
    hub.fault = undefined;
    hub.seen.length = 0;
    await addNamed(word, { env: env() });
    expect(hub.seen.some(({ path }) => path.endsWith("mmaudio_small_16k.pth"))).toBe(false);

    home = await mkdtemp(join(base, "home-"));
    const { length } = await readFile(join(folders[0], "ext_weights/best_netG.pt"));
    hub.fault = ({ path, method }, response) => {
      if (method !== "GET" || !path.endsWith("best_netG.pt")) return false;
      response.end(new Uint8Array(length));
      return true;
    };
    await expect(addNamed(word, { env: env(), acceptLicence: yes })).rejects.toMatchObject({ code: "bad-file" });
    hub.fault = undefined;
  });

  it("without a network, says what the cache lacks; a hub without the file says so", async () => {
    await expect(addNamed(word, { env: env({ HF_HUB_OFFLINE: "1" }), acceptLicence: yes })).rejects.toMatchObject({
      code: "not-found",
      message: expect.stringMatching(/network must not be used.*hkchengrex\/MMAudio.*lacks weights\/mmaudio_small_16k\.pth/),
    });
    await expect(addNamed("mmaudio-medium-44k", { env: env(), acceptLicence: yes })).rejects.toThrow(
      /MMAudio@main has no file "weights\/mmaudio_medium_44k\.pth", "ext_weights\/v1-44\.pth"/,
    );
    await expect(addNamed("mmaudio-huge", { env: env() })).rejects.toThrow(/mmaudio-small-16k, mmaudio-small-44k/);
    await expect(openParts({ backbone: repositories[0] }, { env: env() })).rejects.toThrow(
      /holds several models\. Give one of them: mmaudio-small-16k/,
    );
  });

  it("or by a folder as downloaded is a released model; a small one of one's own is not", async () => {
    expect(await Promise.all([word, folders[0], "no-such-model", base].map(isReleasedBackbone))).toEqual([
      true,
      true,
      false,
      false,
    ]);
  });
});
