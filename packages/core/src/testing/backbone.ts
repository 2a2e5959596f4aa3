/** Conformance of backbones: their parts, and that they fit together. */
import type { AudioBackbone, ClipSize, PlainTensor } from "../contracts/index.js";
import type { Shape } from "../tensor.js";
import {
  type ConformanceCheck,
  filledTensor,
  type MaybePromise,
  must,
  mustBeEqual,
  mustBePositive,
  mustHaveShape,
  mustHoldParameters,
  mustIdentify,
  normalTensor,
  plainCheck,
  relativeDifference,
  runOnce,
  runtimeCheck,
} from "./check.js";
import { testAudioCodec } from "./codec.js";
import { conditionsOf, type DenoiserTestOptions, testDenoiserAt } from "./denoiser.js";

/** Checks of {@link AudioBackbone}: those of its parts, and that they fit together. */
export function testAudioBackbone(
  make: () => MaybePromise<AudioBackbone>,
  options: DenoiserTestOptions = {},
): readonly ConformanceCheck[] {
  const sizeOf = (backbone: AudioBackbone): ClipSize => {
    const texts = ["one", "one two three"];
    const rows = {
      ...(backbone.text.rowsFor && { tokens: backbone.text.rowsFor(texts) }),
      ...Object.fromEntries(backbone.streams.map((stream) => [stream.name, stream.rows(1)])),
      ...options.rows,
    };
    return { frames: options.frames ?? 12, ...(Object.keys(rows).length > 0 && { rows }) };
  };
  return [
    plainCheck("says how long it lasts, and covers that with latents", async () => {
      const backbone = await make();
      mustIdentify(backbone, "audio-backbone");
      const { seconds, codec } = backbone;
      mustBePositive("seconds.maximum", seconds.maximum);
      const { minimum = 0, trained = seconds.maximum } = seconds;
      mustBePositive("seconds.trained", trained);
      must(minimum >= 0 && minimum <= seconds.maximum, `seconds.minimum is ${minimum}, the maximum ${seconds.maximum}.`);
      let before = 0;
      for (let part = 1; part <= 8; part++) {
        const asked = Math.max(minimum, (seconds.maximum * part) / 8);
        const frames = backbone.frames(asked);
        mustBePositive(`frames(${asked})`, frames, true);
        must(frames >= before, `frames(${asked}) are fewer than those of a shorter clip.`);
        const covered = (frames * codec.hop) / codec.sampleRate;
        must(covered > asked - 0.5 / codec.sampleRate, `frames(${asked}) cover ${covered} s.`);
        before = frames;
      }
    }),
    plainCheck("is sampled in a way that can be", async () => {
      const backbone = await make();
      const usual = backbone.sampling?.(backbone.frames(backbone.seconds.maximum));
      if (!usual) return;
      mustBePositive("sampling.steps", usual.steps, true);
      must(Number.isFinite(usual.guidanceScale), `sampling.guidanceScale is ${usual.guidanceScale}.`);
      const levels = usual.levels?.(usual.steps);
      if (!levels) return;
      const list = Array.from(levels);
      must(list.length === usual.steps + 1 && list.at(-1) === 0, `sampling.levels are ${list.join(", ")}.`);
      must(
        list.every((level, i) => i === 0 || level < (list[i - 1] as number)),
        `sampling.levels do not fall: ${list.join(", ")}.`,
      );
    }),
    plainCheck("joins parts that fit: latents, text, streams, and all that the denoiser is conditioned on", async () => {
      const backbone = await make();
      const { text, denoiser, codec, streams } = backbone;
      must(
        denoiser.latentChannels === codec.latentChannels,
        `The denoiser has ${denoiser.latentChannels} latent channels, the codec ${codec.latentChannels}.`,
      );
      const size = sizeOf(backbone);
      for (const batch of [1, 2]) {
        const graph = backbone.conditionGraph({ ...size, batch });
        const rows = size.rows?.["tokens"] ?? text.length;
        const readable: Record<string, Shape> = {
          tokens: [batch, rows, text.tokenWidth],
          mask: [batch, rows],
          textKept: [batch],
          textAway: [batch],
          videoKept: [batch],
          secondsStart: [batch],
          secondsTotal: [batch],
          ...Object.fromEntries(
            streams.map(({ name, encoder }) => [name, [batch, size.rows?.[name] as number, encoder.tokenWidth]]),
          ),
        };
        for (const value of graph.inputs) {
          const { name = "" } = value;
          must(Object.hasOwn(readable, name), `The condition graph reads "${name}", which nobody gives it.`);
          mustHaveShape(`input ${name}`, value, "float32", readable[name] as Shape);
        }
        const conditions = conditionsOf(denoiser.graph({ ...size, batch }));
        must(
          Object.keys(conditions).sort().join() === Object.keys(graph.outputs).sort().join(),
          `The denoiser reads ${Object.keys(conditions).join(", ")}, the condition graph gives ${Object.keys(graph.outputs).join(", ")}.`,
        );
        for (const [name, { shape }] of Object.entries(conditions))
          mustHaveShape(`output ${name}`, graph.outputs[name], "float32", shape);
        mustHoldParameters(backbone.weights, graph);
      }
      const seconds = denoiser.sites(4).at(0)?.seconds;
      if (!seconds) return;
      const step = (seconds[1] as number) - (seconds[0] as number);
      must(Math.abs(step * codec.latentRate - 1) < 1e-6, `The sites are ${step} s apart, the latents ${1 / codec.latentRate} s.`);
    }),
    runtimeCheck("conditions on what it reads, and on nothing of what is dropped", async (runtime) => {
      const backbone = await make();
      const graph = backbone.conditionGraph(sizeOf(backbone));
      const reads = (name: string): boolean => graph.inputs.some((value) => value.name === name);
      const given = (seed: string): Record<string, PlainTensor> =>
        Object.fromEntries(
          graph.inputs.map(({ name = "", shape }) => {
            if (name.endsWith("Kept")) return [name, filledTensor(1, shape)];
            if (name === "textAway") return [name, filledTensor(0, shape)];
            if (name.startsWith("seconds")) return [name, filledTensor(name === "secondsStart" ? 0 : 2, shape)];
            if (name === "mask") return [name, filledTensor(1, shape)];
            return [name, normalTensor(`${seed} ${name}`, shape)];
          }),
        );
      const run = (change: Record<string, PlainTensor>) =>
        runOnce(runtime, graph, backbone.weights, { ...given("first"), ...change });
      const first = await run({});
      const differs = (other: Record<string, PlainTensor>) =>
        Object.keys(first).some((name) => relativeDifference(first[name] as PlainTensor, other[name] as PlainTensor) > 0);
      if (reads("secondsTotal")) must(differs(await run({ secondsTotal: filledTensor(9, [1]) })), "2 s and 9 s condition alike.");
      const groups = { textKept: ["tokens", "mask"], videoKept: backbone.streams.map(({ name }) => name) };
      for (const [kept, names] of Object.entries(groups)) {
        const read = names.filter(reads);
        const other = Object.fromEntries(read.map((name) => [name, given("second")[name] as PlainTensor]));
        if (read.length > 0) must(differs(await run(other)), `Other ${read.join(", ")} condition alike.`);
        if (!reads(kept)) continue;
        const dropped = { [kept]: filledTensor(0, [1]) };
        const [one, two] = [await run(dropped), await run({ ...other, ...dropped })];
        for (const [name, value] of Object.entries(one))
          mustBeEqual(`${name} with ${kept} 0, whatever ${read.join(", ")} are`, two[name] as PlainTensor, value);
      }
    }),
    ...prefixed(
      "denoiser",
      testDenoiserAt(
        async () => (await make()).denoiser,
        async () => sizeOf(await make()),
      ),
    ),
    ...prefixed(
      "codec",
      testAudioCodec(async () => (await make()).codec),
    ),
  ];
}

const prefixed = (part: string, checks: readonly ConformanceCheck[]): readonly ConformanceCheck[] =>
  checks.map((check) => ({ ...check, name: `${part}: ${check.name}` }));
