/** The guide to the real models does as it says: its programs and commands run as they stand there, on small models in the same layouts. */

import { execFile } from "node:child_process";
import { cpSync, readdirSync, readFileSync } from "node:fs";
import { mkdtemp, readFile, rm, stat } from "node:fs/promises";
import { createRequire } from "node:module";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import { promisify } from "node:util";
import { assembleCases, goldenPath } from "@foley-control/golden/node";
import { afterAll, beforeAll, expect, it } from "vitest";
import { filesBelow } from "../../../packages/weights/src/hub/fetch-model.js";
import { startTestHub, type TestHub } from "../../../packages/weights/src/hub/hub-server.test-support.js";
import { blocksOf, linesOf, messagesOf, readGuide, root, saidNowhere, wordsOf } from "./guides.test-support.js";
import { ran } from "./testing.js";

const guide = readGuide("use-the-real-models.md");
const lines = linesOf(guide);

let work: string;
let hub: TestHub;
let env: Record<string, string>;
beforeAll(async () => {
  const made = await mkdtemp(join(tmpdir(), "foley-guide-"));
  work = join(made, "work");
  await assembleCases(join(made, "cases"));
  const [large, small, third, encoder] = ["sao/sao-tiny", "sao/sao-small-tiny", "sa3/sa3-tiny", "vjepa2/vjepa2-hf-tiny"].map(
    (name) => join(made, "cases", name),
  ) as [string, string, string, string];
  const text = join(large, "t5-tiny");
  cpSync(large, join(work, "stable-audio-open-1.0"), { recursive: true });
  cpSync(text, join(work, "t5-base"), { recursive: true });
  cpSync(encoder, join(work, "vjepa2-vitl-fpc64-256"), { recursive: true });
  cpSync(goldenPath("vjepa2/vjepa2-meta-tiny.pt"), join(work, "vitl.pt"));
  cpSync(goldenPath("clips/h264-aac.mp4"), join(work, "clip.mp4"));
  const of = async (folder: string, ...names: readonly string[]) =>
    Object.fromEntries(await Promise.all(names.map(async (name) => [name, await readFile(join(folder, name))] as const)));
  const token = /^export HF_TOKEN=(\S+)$/m.exec(guide)?.[1] as string;
  hub = await startTestHub("stabilityai/stable-audio-open-1.0", await of(large, "model.safetensors", "model_config.json"), {
    token,
    others: {
      "stabilityai/stable-audio-open-small": await of(small, "model.safetensors", "model_config.json"),
      "stabilityai/stable-audio-3-small-sfx": await of(third, ...(await filesBelow(third))),
      "google-t5/t5-base": await of(text, "model.safetensors", "config.json", "tokenizer.json"),
      "facebook/vjepa2-vitl-fpc64-256": await of(encoder, "model.safetensors", "config.json"),
    },
  });
  env = { HF_HOME: join(made, "hub"), FOLEY_CONFIG_DIR: join(made, "config"), HF_ENDPOINT: hub.endpoint, HF_TOKEN: token };
});
afterAll(async () => {
  await hub.close();
  await rm(join(work, ".."), { recursive: true, force: true });
});

it("its programs are those that the types are checked of, and they run", { timeout: 300_000 }, async () => {
  const folder = join(root, "docs/guides/programs");
  const named = readdirSync(folder).map((name) => ({ name, code: readFileSync(join(folder, name), "utf8") }));
  const programs = blocksOf(guide, "ts").map((code) => named.find((each) => each.code === code)?.name ?? code);
  expect(programs.filter((name) => !named.some((each) => each.name === name))).toEqual([]);
  for (const name of programs) {
    const argv = [
      "--conditions=@foley-control/source",
      "--import",
      pathToFileURL(createRequire(import.meta.url).resolve("tsx")).href,
      join(folder, name),
    ];
    await promisify(execFile)(process.execPath, argv, { cwd: work, env: { ...process.env, ...env } });
  }
  for (const made of ["my-bridge.safetensors", "clip.foley.mp4", "rain.wav"])
    expect((await stat(join(work, made))).size).toBeGreaterThan(1000);
});

it("its commands run, in one step of the sampler", { timeout: 300_000 }, async () => {
  const before = process.cwd();
  process.chdir(work);
  try {
    for (const line of lines) {
      // MMAudio's word is asked for, fetched and heard in named-word.slow.test.ts.
      if (line.startsWith("export ") || line.includes("--model mmaudio-")) continue;
      const [program, ...argv] = wordsOf(line);
      expect(program).toBe("foley");
      const more = argv[0] === "generate" ? ["--steps", "1", "--device", "cpu"] : [];
      const { code, err } = await ran([...argv, ...more], { env });
      expect([line, code, err]).toEqual([line, 0, expect.not.stringMatching(/^foley:/m)]);
    }
    for (const made of ["words.mp4", "try.wav", "seen.mp4", "small.wav"]) expect((await stat(made)).size).toBeGreaterThan(1000);
  } finally {
    process.chdir(before);
  }
});

it("its options and messages are those of the code", async () => {
  const help = (await ran(["generate", "--help"])).out;
  for (const [flag] of guide.matchAll(
    /--(?:backbone|text-encoder|encoder|bridge|video-[a-z]+|steps|guidance|start|duration|json|verbose|device|precision)\b/g,
  ))
    expect(help).toContain(flag);
  const messages = messagesOf(guide);
  expect(messages.length).toBeGreaterThan(10);
  expect(saidNowhere(messages.filter((each) => !each.startsWith("_")))).toEqual([]);
});
