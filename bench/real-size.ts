/**
 * `npm run real-size -- FOLDER`: Stable Audio Open 1.0 at its real size, with weights made by a formula, so that the real sizes can
 * be measured where the real weights cannot be had. Writes the release (4.85 GB) and its T5 (0.4 GB) into FOLDER once, then makes
 * sound with it and prints where time and memory went. Point FOLDER at the real release to measure that.
 *
 *     npm run real-size -- /var/tmp/sao --seconds 10 --steps 8
 */
import { existsSync, mkdirSync, readFileSync, statSync } from "node:fs";
import { open, rename, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { parseArgs } from "node:util";
import { stableAudioOpen } from "@foley-control/audio-backbone/node";
import { createFoley } from "@foley-control/pipeline/node";
import { type Formula, formula } from "../parity/case.js";

const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: {
    seconds: { type: "string", default: "10" },
    steps: { type: "string", default: "4" },
    t5: { type: "string" },
    json: { type: "boolean", default: false },
  },
});
const [folder] = positionals;
if (folder === undefined) {
  console.error(
    "Give a folder with 6 GB to spare, or that of the release: npm run real-size -- FOLDER [--seconds 10] [--steps 4]",
  );
  process.exit(2);
}
const note = (text: string) => process.stderr.write(`${text}\n`);
const golden = fileURLToPath(new URL("../parity/fixtures/sao/", import.meta.url));
const json = (name: string) => JSON.parse(readFileSync(join(golden, name), "utf8"));
type Table = Record<string, Formula>;

/** The golden cases have two blocks at real width; block 1 stands for all that follow. */
function deepened(table: Table, pattern: (block: number) => string, depth: number): Table {
  const made: Table = { ...table };
  for (const [name, entry] of Object.entries(table)) {
    if (!name.includes(pattern(1))) continue;
    for (let block = 2; block < depth; block++) made[name.replace(pattern(1), pattern(block))] = entry;
  }
  return made;
}

/** Every tensor of the release: 24 blocks, both halves of the autoencoder, the two conditioners. */
function releaseTable(): Table {
  const transformer = deepened(json("sao-real-block.json").weights, (block) => `.layers.${block}.`, 24);
  const autoencoder = { ...json("oobleck-real-encoder.json").weights, ...json("oobleck-real-decoder.json").weights };
  const conditioners = Object.entries(json("sao-tiny/model.formula.json") as Table).flatMap(([name, entry]) =>
    name.startsWith("conditioner.")
      ? [[name, name.endsWith(".weights") ? entry : { ...entry, shape: [768, ...entry.shape.slice(1)] }] as const]
      : [],
  );
  return { ...transformer, ...autoencoder, ...Object.fromEntries(conditioners) };
}

/** `model_config.json` of the tiny model with the sizes of the release. */
function releaseConfig(): unknown {
  const config = json("sao-tiny/model_config.json");
  config.sample_size = 2_097_152;
  const { pretransform, conditioning, diffusion } = config.model;
  config.model.io_channels = 64;
  Object.assign(pretransform.config.encoder.config, { channels: 128, latent_dim: 128 });
  Object.assign(pretransform.config.decoder.config, { channels: 128, latent_dim: 64 });
  pretransform.config.latent_dim = 64;
  conditioning.cond_dim = 768;
  const { io_channels, embed_dim, num_heads, cond_token_dim, global_cond_dim, project_cond_tokens } =
    json("sao-real-block.json").config;
  Object.assign(diffusion.config, {
    io_channels,
    embed_dim,
    depth: 24,
    num_heads,
    cond_token_dim,
    global_cond_dim,
    project_cond_tokens,
  });
  return config;
}

/** One tensor in memory at a time; written beside, then renamed. */
async function writeTensors(path: string, table: Table): Promise<void> {
  const entries = Object.entries(table).filter(([, entry]) => entry.amp !== undefined);
  const header: Record<string, unknown> = {};
  let at = 0;
  for (const [name, { shape }] of entries) {
    const bytes = 4 * shape.reduce((product, size) => product * size, 1);
    header[name] = { dtype: "F32", shape, data_offsets: [at, at + bytes] };
    at += bytes;
  }
  const text = Buffer.from(JSON.stringify(header).padEnd(Math.ceil(JSON.stringify(header).length / 8) * 8));
  const size = Buffer.alloc(8);
  size.writeBigUInt64LE(BigInt(text.length));
  const file = await open(`${path}.part`, "w");
  try {
    await file.appendFile(size);
    await file.appendFile(text);
    for (const [name, entry] of entries) {
      const data = formula(name, entry, 1);
      await file.appendFile(new Uint8Array(data.buffer));
    }
    await file.sync();
  } finally {
    await file.close();
  }
  await rename(`${path}.part`, path);
}

async function writeRelease(root: string): Promise<void> {
  const t5 = join(root, "t5-base");
  mkdirSync(t5, { recursive: true });
  note("writing a release with weights made by a formula …");
  const { ids: _ids, realTokens: _real, ...sizes } = json("t5-base-width.json").config;
  await writeFile(join(t5, "config.json"), JSON.stringify({ ...sizes, num_layers: 12 }));
  await writeFile(join(t5, "tokenizer.json"), readFileSync(join(golden, "sao-tiny/t5-tiny/tokenizer.json")));
  await writeTensors(
    join(t5, "model.safetensors"),
    deepened(json("t5-base-width.json").weights, (block) => `.block.${block}.`, 12),
  );
  await writeTensors(join(root, "model.safetensors"), releaseTable());
  await writeFile(join(root, "model_config.json"), JSON.stringify(releaseConfig()));
}

const megabytes = () => Math.round(process.resourceUsage().maxRSS / 1024);
if (!existsSync(join(folder, "model_config.json"))) await writeRelease(folder);
const bytes = statSync(join(folder, "model.safetensors")).size;

const started = performance.now();
const since = (from: number) => Math.round(performance.now() - from);
const backbone = await stableAudioOpen(folder, { t5: values.t5 });
const opened = since(started);
await using foley = await createFoley({ backbone });
const begun = performance.now();
const stepEnds: number[] = [];
let decoding = 0;
const take = await foley.generate({
  duration: Number(values.seconds),
  prompt: "a steel ball bouncing on wood",
  seed: 1,
  steps: Number(values.steps),
  onProgress(event) {
    if (event.type === "step-end") {
      stepEnds.push(performance.now());
      note(`step ${event.index + 1} of ${event.count}, ${Math.round((performance.now() - begun) / 1000)} s, ${megabytes()} MB`);
    }
    if (event.type === "decode-progress" && event.done === 0) decoding = performance.now();
  },
});
const gaps = stepEnds.slice(1).map((end, i) => end - (stepEnds[i] as number));
const result = {
  weightsGigabytes: Number((bytes / 1e9).toFixed(2)),
  seconds: take.duration,
  latents: take.diagnostics.latentFrames,
  rows: take.diagnostics.branches.length,
  openMs: opened,
  firstStepMs: Math.round((stepEnds[0] ?? Number.NaN) - begun),
  stepMs: Math.round([...gaps].sort((a, b) => a - b)[Math.floor(gaps.length / 2)] ?? Number.NaN),
  decodeMs: since(decoding),
  peakMegabytes: megabytes(),
};
if (values.json) console.log(JSON.stringify(result, null, 2));
else for (const [name, value] of Object.entries(result)) console.log(`${name.padEnd(18)}${value}`);
