/** The guide to training a bridge does as it says: its commands and its program run as they stand there, on rendered clips and small models. */
import { execFile } from "node:child_process";
import { cpSync, readdirSync, readFileSync } from "node:fs";
import { mkdir, mkdtemp, readFile, rm, stat, writeFile } from "node:fs/promises";
import { createRequire } from "node:module";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath, pathToFileURL } from "node:url";
import { promisify } from "node:util";
import { assembleCases, goldenPath } from "@foley-control/golden/node";
import { BRIDGE_PLAN_ENTRIES } from "@foley-control/train";
import { openSafetensors } from "@foley-control/weights/node";
import { afterAll, beforeAll, describe, expect, it, vi } from "vitest";
import { ran } from "../testing.js";

// Videos are encoded, decoded and trained on, which a busy machine takes its time for.
vi.setConfig({ testTimeout: 600_000, hookTimeout: 300_000 });
const root = fileURLToPath(new URL("../../../../", import.meta.url));
const guides = join(root, "docs/guides");
const guide = await readFile(join(guides, "train-a-bridge.md"), "utf8");
const blocks = (language: string, text = guide): readonly string[] =>
  [...text.matchAll(new RegExp(`^\`\`\`${language}\\n([\\s\\S]*?)^\`\`\``, "gm"))].map((match) => match[1] as string);
const lines = blocks("sh").flatMap((block) => block.trim().split("\n"));
/** What a shell makes of a line without variables. */
const words = (line: string): readonly string[] =>
  [...line.matchAll(/"([^"]*)"|(\S+)/g)].map((match) => match[1] ?? (match[2] as string));

let work: string;
let env: Record<string, string>;
beforeAll(async () => {
  const made = await mkdtemp(join(tmpdir(), "foley-bridge-guide-"));
  work = join(made, "work");
  await mkdir(work);
  await assembleCases(join(made, "cases"));
  const [sound, sight] = [join(made, "cases/sao/sao-tiny"), join(made, "cases/vjepa2/vjepa2-hf-tiny")];
  cpSync(sound, join(work, "stable-audio-open-1.0"), { recursive: true });
  cpSync(join(sound, "t5-tiny"), join(work, "t5-base"), { recursive: true });
  cpSync(sight, join(work, "vjepa2-vitl-fpc64-256"), { recursive: true });
  cpSync(goldenPath("encoders/dinov2-tiny"), join(work, "dinov2-base"), { recursive: true });
  cpSync(join(root, "examples/own-denoiser/denoiser.onnx"), join(work, "denoiser.onnx"));
  const described = blocks("json").find((text) => text.includes('"sites"')) as string;
  await writeFile(join(work, "denoiser.json"), described);
  env = { HF_HOME: join(made, "hub"), FOLEY_CONFIG_DIR: join(made, "config") };
  const scenes = [
    "scenes",
    "-o",
    join(work, "videos"),
    "--count",
    "3",
    "--seconds",
    "2",
    "--size",
    "64",
    "--class",
    "footsteps",
    "strike",
    "--quiet",
  ];
  expect((await ran(scenes)).code).toBe(0);
  cpSync(join(work, "videos/scene-0.mp4"), join(work, "clip.mp4"));
});
afterAll(() => rm(join(work, ".."), { recursive: true, force: true }));

/** Makes what takes hours in life take seconds. */
const shortened: Readonly<Record<string, readonly string[]>> = {
  "dataset prepare": ["--device", "cpu", "--threads", "1", "--all", "--seconds", "2"],
  "train bridge": ["--device", "cpu", "--threads", "1", "--steps", "2", "--batch", "1", "--held-out", "1"],
  generate: ["--device", "cpu", "--steps", "1"],
};

describe("the guide", () => {
  it("its commands run, one after the other", async () => {
    const before = process.cwd();
    process.chdir(work);
    try {
      for (const line of lines) {
        const [program, ...argv] = words(line);
        expect(program).toBe("foley");
        const command = [argv.slice(0, 2).join(" "), argv[0] as string].find((name) => shortened[name] !== undefined);
        const { code, err } = await ran([...argv, ...(command === undefined ? [] : (shortened[command] as readonly string[]))], {
          env,
        });
        expect([line, code, err]).toEqual([line, 0, expect.not.stringMatching(/^foley:/m)]);
      }
      for (const made of ["clip.foley.mp4", "open.mp4", "own.mp4", "with.wav", "without.wav", "two.wav"])
        expect((await stat(made)).size).toBeGreaterThan(1000);
      expect((await readFile("with.wav")).equals(await readFile("without.wav"))).toBe(false);
      const { metadata } = await openSafetensors("my-open-bridge/bridge.safetensors");
      expect(JSON.parse(metadata["config"] as string)).toMatchObject({
        backbone: "stable-audio-open/v-2x256",
        encoder: "meta/vjepa2-vit-96-64",
      });
      const { metadata: wide } = await openSafetensors("my-wide-bridge/bridge.safetensors");
      expect(JSON.parse(wide["config"] as string)).toMatchObject({
        encoder: "meta/vjepa2-vit-96-64",
        beside: [{ encoder: expect.stringMatching(/dinov2/) }],
      });
      const { metadata: own } = await openSafetensors("my-denoiser-bridge/bridge.safetensors");
      expect(JSON.parse(own["config"] as string)).toMatchObject({ backbone: "me/denoiser@1" });

      // What the bridges say of themselves keeps them from other parts, in words that name both.
      const wrong = await ran(
        [
          "generate",
          "clip.mp4",
          "x",
          "--bridge",
          "my-bridge/bridge.safetensors",
          "--backbone",
          "denoiser.onnx",
          "--audio",
          "x.wav",
        ],
        { env },
      );
      expect([wrong.code, wrong.err]).toEqual([
        1,
        expect.stringMatching(/trained for the backbone "foley-control\/small-backbone@1", but "me\/denoiser@1"/),
      ]);
      const train = ["train", "bridge", "--data", "features", "-o", "none", "--device", "cpu"];
      const start = await ran([...train, "--start", "my-open-bridge/bridge.safetensors"], { env });
      expect([start.code, start.err]).toEqual([
        1,
        expect.stringMatching(/trained for the backbone "stable-audio-open\/v-2x256", but/),
      ]);
      const other = await ran([...train, "--backbone", "stable-audio-open-1.0", "--text-encoder", "t5-base"], { env });
      expect([other.code, other.err]).toEqual([2, expect.stringMatching(/The dataset in features was prepared with the codec/)]);
      const none = await ran([...train, "--resume"], { env });
      expect([none.code, none.err]).toEqual([2, expect.stringMatching(/nothing to resume in none/)]);
    } finally {
      process.chdir(before);
    }
  });

  it("its program is one that the types are checked of, and runs; every program is in a guide", async () => {
    const folder = join(guides, "programs");
    const programs = readdirSync(folder).map((name) => ({ name, code: readFileSync(join(folder, name), "utf8") }));
    const all = readdirSync(guides).flatMap((name) =>
      name.endsWith(".md") ? blocks("ts", readFileSync(join(guides, name), "utf8")) : [],
    );
    expect(programs.filter(({ code }) => !all.includes(code))).toEqual([]);
    // Beside the packages, where they are found; on the short clips of this test, and two steps long.
    const beside = await mkdtemp(join(root, "node_modules", ".bridge-guide-"));
    try {
      for (const [index, code] of blocks("ts").entries()) {
        expect(programs.map((each) => each.code)).toContain(code);
        for (const shortened of ["steps: 20, batch: 4", "parts: {"]) expect(code).toContain(shortened);
        const short = code.replace("steps: 20, batch: 4", "steps: 2, batch: 1").replace("parts: {", "seconds: 2, parts: {");
        const program = join(beside, `${index}.mts`);
        await writeFile(program, short);
        const tsx = pathToFileURL(createRequire(import.meta.url).resolve("tsx")).href;
        const argv = ["--conditions=@foley-control/source", "--import", tsx, program];
        await promisify(execFile)(process.execPath, argv, { cwd: work, env: { ...process.env, ...env } });
      }
    } finally {
      await rm(beside, { recursive: true, force: true });
    }
    expect((await stat(join(work, "my-own-bridge/bridge.safetensors"))).size).toBeGreaterThan(1000);
  });

  it("its flags, plans and messages are those of the code", async () => {
    const help = ["train bridge", "generate", "dataset prepare", "scenes"].map(
      async (name) => (await ran([...name.split(" "), "--help"])).out,
    );
    const known = (await Promise.all(help)).join("\n");
    for (const [flag] of guide.matchAll(/--[a-z][a-z0-9-]+\b/g)) expect(known, flag).toContain(flag);
    const plan = JSON.parse(blocks("json").find((text) => text.includes('"steps"')) as string) as object;
    for (const entry of Object.keys(plan)) expect(BRIDGE_PLAN_ENTRIES).toContain(entry);
    const sources = ["packages", "apps"].flatMap((folder) =>
      readdirSync(join(root, folder)).flatMap((name) => {
        const own = join(root, folder, name, "src");
        return readdirSync(own, { recursive: true, encoding: "utf8" }).map((file) => join(own, file));
      }),
    );
    const code = sources
      .filter((file) => file.endsWith(".ts") && !file.endsWith(".test.ts"))
      .map((file) => readFileSync(file, "utf8"))
      .join("\n");
    const rows = (guide.slice(guide.indexOf("| message |")).split("\n\n")[0] as string).split("\n").slice(2);
    const messages = rows.map((row) => row.split(" | ")[0]?.slice(2) as string).filter((each) => !each.startsWith("_"));
    expect(messages.length).toBeGreaterThan(7);
    for (const message of messages) {
      // Values are left out of the guide with "…", and stand as `${…}` in the code.
      const pieces = message.split("…").map((piece) => piece.trim().replace(/[.*+?^${}()|[\]\\]/g, "\\$&"));
      expect(message + (new RegExp(pieces.join(".{0,120}?")).test(code) ? "" : " is said nowhere")).toBe(message);
    }
  });
});
