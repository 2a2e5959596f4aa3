/**
 * No kind has a seed or an amplitude of its own: a case whose formulas have others, with what it expects left as it was, must
 * miss everything that those formulas lead to.
 */
import { describe, expect, test } from "vitest";
import { type AnyCase, caseFolder, everywhere } from "./altered-case.test-support.js";
import { kinds } from "./kinds.js";

const { altered } = caseFolder();

/** Inputs are made, not read: what is stored was made with the seed of the project's case. */
const made = (file: AnyCase): AnyCase => ({
  ...file,
  inputs: Object.fromEntries(
    Object.entries(file.inputs ?? {}).map(([name, entry]: [string, AnyCase]) => {
      const { stored, firstValues: _first, lastValue: _last, ...rest } = entry;
      return [name, entry.amp === undefined && entry.synth === undefined ? entry : rest];
    }),
  ),
});
const otherSeed = (file: AnyCase): AnyCase =>
  everywhere(
    everywhere(made(file), "seed", (seed) => seed + 6),
    "caseSeed",
    (seed) => seed + 6,
  );
const otherAmp = (file: AnyCase): AnyCase => everywhere(made(file), "amp", (amp) => amp * 0.75);
const only = (names: readonly string[]) => (file: AnyCase) => ({
  ...file,
  subcases: Object.fromEntries(names.map((name) => [name, file.subcases[name]])),
  outputs: Object.fromEntries(
    Object.entries(file.outputs).filter(([output]) => names.some((name) => output.startsWith(`${name}.`))),
  ),
});

/** A case per kind, and the outputs that its formulas lead to. */
const cases: readonly { readonly name: string; readonly led: RegExp; readonly part?: (file: AnyCase) => AnyCase }[] = [
  { name: "sao/samplers", led: /\.(traj|denoised)/ },
  { name: "sao/sao-tiny-blocks", led: /^(v|mid\.(cond_embed|project_in|block0\.(self|cross|ff)))$/ },
  { name: "sao/sao-tiny-train", led: /^(x_t|target|v|loss|grad\.|probe)/ },
  { name: "sao/sao-tiny-vae", led: /^(encode|decode)/ },
  { name: "sao/sao-small-tiny-e2e", led: /^pingpong\./, part: only(["pingpong"]) },
  { name: "metrics/frontends/bicubic-align-corners", led: /./ },
  { name: "metrics/frontends/resize-uint8", led: /^(landscape|portrait|square|upsample|v360p)$/ },
  { name: "metrics/panns-tiny", led: /^(stage\.conv|embedding|logits)/ },
  { name: "metrics/synchformer-tiny", led: /^(stage|videoFeatures|audioFeatures|logits)/ },
  { name: "metrics/imagebind-tiny", led: /./ },
  { name: "metrics/bench/bench", led: /^IB-Score/ },
  { name: "metrics/math", led: /^(frechet full-rank: fd|formula|kid|ib-score)/ },
  { name: "mmaudio/mmaudio-net-16k", led: /^(cond\.|flow\.(cond|nosync)|unnormalised)/ },
  { name: "mmaudio/mmaudio-blocks-faint", led: /./ },
  { name: "mmaudio/mmaudio-clip-tiny", led: /^(stage\.visual|imageFeatures)/ },
  { name: "mmaudio/mmaudio-sync-tiny", led: /./ },
  { name: "mmaudio/mmaudio-pictures", led: /\.(v360p|exact|wide)$/ },
  // The decoder keeps sizes: what is twice as loud sounds the same.
  { name: "mmaudio/mmaudio-vae-16k", led: /^(mean|stage\.encoder|stage\.decoder\.conv_in)/ },
  { name: "mmaudio/mmaudio-vae-44k-width", led: /^conv_in$/ },
  { name: "mmaudio/mmaudio-bigvgan-16k", led: /^(audio|stage)/ },
  { name: "sa3/sa3-samplers", led: /^(euler|rk4|dpmpp|pingpong)\./ },
  { name: "sa3/sa3-tiny-blocks", led: /^(v|mid\.(cond_embed|project_in|block0\.(self|cross|ff)))$/ },
  { name: "sa3/sa3-tiny-train", led: /^(v|loss|grad\.)/ },
  { name: "sa3/sa3-tiny-same", led: /^(encode|decode)/ },
  { name: "tangoflux/tangoflux-blocks", led: /^(v|mid\.(x_embedder|context_embedder|(double0|single0)\.attn\.(q|k|v|out)))$/ },
  { name: "tangoflux/tangoflux-train", led: /^(v|loss|grad\.)/ },
  { name: "encoders/openclip-tiny", led: /./ },
  { name: "encoders/dinov2-tiny", led: /./ },
  { name: "encoders/siglip2-naflex-tiny", led: /./ },
  { name: "vjepa2/vjepa2-meta-tiny", led: /./ },
  { name: "vjepa2/vjepa21-meta-tiny", led: /^(?!debug\.rope)/ },
];

/** Kinds whose cases hold no formula of an amplitude, that are parts of another kind in a row, or that are made up in `follows-the-case*.test.ts`. */
const elsewhere = new Set([
  "weight formula",
  "noise schedules",
  "tokeniser",
  "T5 encoder",
  "conditioning",
  "half of the Oobleck autoencoder",
  "pictures for V-JEPA 2",
  "segments of a clip",
  "files of torch.save",
  "rules of MMAudio",
  "MMAudio, pictures to sound",
  "mel of MMAudio",
  "tokeniser of CLIP",
  "pixels for picture encoders",
  "tokeniser of Gemma",
  "T5Gemma encoder",
  "conditioning of Stable Audio 3",
  "schedules of Stable Audio 3",
  "half of SAME",
  "Stable Audio 3, text to sound",
  "Synchformer's tokens of a clip",
  "text tower of CLAP",
  "text of TangoFlux",
  "TangoFlux, text to sound",
]);
const seen = new Set<string>();

describe.each(cases)("$name", ({ name, led, part = (file: AnyCase) => file }) => {
  test.each([
    ["seed", otherSeed],
    ["amplitude", otherAmp],
  ])("with another %s misses", async (_what, change) => {
    const { kind = "", problem, comparisons } = await altered(name, (file) => change(part(file)));
    expect(problem).toBeUndefined();
    seen.add(kind);
    const found = comparisons.filter(({ output }) => led.test(output));
    expect(found.length).toBeGreaterThan(0);
    expect(found.filter(({ passed }) => passed).map(({ output }) => output)).toEqual([]);
  });
});

test("no kind is left out", () => {
  expect(kinds.map(({ title }) => title).filter((title) => !seen.has(title) && !elsewhere.has(title))).toEqual([]);
});
