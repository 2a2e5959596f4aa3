/** `--model mmaudio-small-16k`: fetched from two repositories of a hub on this machine once the licence is accepted, then a clip gets its sound. */
import { copyFile, mkdir, mkdtemp, readFile, rm, stat, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { goldenPath } from "@foley-control/golden/node";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import {
  letterTokeniser,
  SMALL_MMAUDIO,
  writeMmaudioRelease,
} from "../../../packages/models/src/node/mmaudio-release.test-support.js";
import { filesBelow } from "../../../packages/weights/src/hub/fetch-model.js";
import { startTestHub, type TestHub } from "../../../packages/weights/src/hub/hub-server.test-support.js";
import { ran } from "./testing.js";

const clip = goldenPath("clips/h264-aac.mp4");
let base: string;
let hub: TestHub;
let folders: readonly [string, string];
beforeAll(async () => {
  base = await mkdtemp(join(tmpdir(), "foley-word-"));
  folders = [join(base, "mine/MMAudio"), join(base, "mine/MMAudio/clip")];
  await writeMmaudioRelease(...folders, SMALL_MMAUDIO);
  await writeFile(join(folders[1], "tokenizer.json"), JSON.stringify(letterTokeniser()));
  const files = await Promise.all(
    (await filesBelow(folders[0])).map(async (name) => [name, await readFile(join(folders[0], name))] as const),
  );
  const of = (isClip: boolean): Record<string, Uint8Array> =>
    Object.fromEntries(
      files
        .filter(([name]) => name.startsWith("clip/") === isClip)
        .map(([name, bytes]) => [name.replace("clip/", ""), bytes] as const),
    );
  hub = await startTestHub("hkchengrex/MMAudio", of(false), { others: { "apple/DFN5B-CLIP-ViT-H-14-384": of(true) } });
});
afterAll(async () => {
  await hub.close();
  await rm(base, { recursive: true, force: true });
});

const env = () => ({ HF_HOME: base, FOLEY_CONFIG_DIR: join(base, "config"), HF_ENDPOINT: hub.endpoint, FOLEY_CACHE_DIR: base });
const generate = (name: string, more: readonly string[], io: Parameters<typeof ran>[1] = {}) =>
  ran(["generate", clip, "glass", "--device", "cpu", "--steps", "2", "--duration", "0.7", "--audio", join(base, name), ...more], {
    env: env(),
    ...io,
  });

describe("--model with the word of a released model", () => {
  it("fetches nothing unless the licence is accepted: by a flag, or when asked at a terminal", async () => {
    const unasked = await generate("a.wav", ["--model", "mmaudio-small-16k"]);
    expect([unasked.code, hub.seen]).toEqual([1, []]);
    expect(unasked.err).toMatch(/non-commercial use only \(CC BY-NC 4\.0\), and nobody accepted.*give --non-commercial/);
    const questions: string[] = [];
    const confirm = (question: string): Promise<boolean> => Promise.resolve(questions.push(question) === 0);
    const refused = await generate("a.wav", ["--model", "mmaudio-small-16k"], { confirm });
    expect([refused.code, hub.seen]).toEqual([1, []]);
    expect(refused.err).toMatch(/that was not accepted; nothing was fetched/);
    expect(questions).toEqual([expect.stringMatching(/6\.6\d GB, from hkchengrex\/MMAudio, apple\/DFN5B.*Is that your use/s)]);
  });

  it("then makes the sound: of the picture and the words, of folders too, and without CLIP", { timeout: 300_000 }, async () => {
    const made = await generate("named.wav", ["--model", "mmaudio-small-16k", "--non-commercial"]);
    expect([made.code, made.out]).toEqual([0, `${join(base, "named.wav")}\n`]);
    expect(made.err).toMatch(/^Licence of the weights of mmaudio-small-16k: CC BY-NC 4\.0, non-commercial use only; see https/m);
    expect((await stat(join(base, "named.wav"))).size).toBeGreaterThan(0.7 * 48_000 * 3);
    hub.seen.length = 0;
    const again = await generate("again.wav", ["--model", folders[0], "--quiet"]);
    expect([again.code, again.err, hub.seen]).toEqual([0, "", []]);
    expect(await readFile(join(base, "again.wav"))).toEqual(await readFile(join(base, "named.wav")));
    const quick = await generate("quick.wav", ["--model", "mmaudio-small-16k", "--no-clip", "--json", "--quiet"]);
    expect(JSON.parse(quick.out).settings).toMatchObject({ solver: "euler", guidanceScale: 4.5, steps: 2 });
    expect(await readFile(join(base, "quick.wav"))).not.toEqual(await readFile(join(base, "named.wav")));
  });

  it("makes the sounds of an evaluation, a row of its table", { timeout: 300_000 }, async () => {
    await mkdir(join(base, "videos"));
    await copyFile(clip, join(base, "videos/one.mp4"));
    const scored = await ran(
      [
        ...["evaluate", join(base, "made"), "--generate", "--reference", join(base, "videos"), "--model", "mmaudio-small-16k"],
        ...["--no-clip", "--steps", "1", "--device", "cpu", "--cache", join(base, "features"), "--json"],
      ],
      { env: env() },
    );
    expect(JSON.parse(scored.out)).toMatchObject({ generated: { made: 1, failed: [] }, reports: [{ pairs: 1 }] });
  });

  it("is listed, added and verified by its word", async () => {
    const listed = await ran(["models", "list"], { env: env() });
    expect(listed.out).toMatch(/mmaudio-large-44k-v2 .*MMAudio large v2, 44\.1 kHz .*non-commercial use only/);
    const added = await ran(["models", "add", "mmaudio-small-16k", "--non-commercial", "--json"], { env: env() });
    expect(JSON.parse(added.out)).toMatchObject({ id: "mmaudio-small-16k", licence: "CC BY-NC 4.0" });
    const verified = await ran(["models", "verify", "mmaudio-small-16k"], { env: env() });
    expect([verified.code, verified.out.match(/^ok/gm)?.length]).toEqual([0, 7]);
    const removed = await ran(["models", "remove", "mmaudio-small-16k", "--yes"], { env: env() });
    expect(removed).toMatchObject({ code: 2, err: expect.stringMatching(/shares files with others/) });
  });
});
