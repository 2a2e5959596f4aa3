/** Conformance of the sound side: codec, denoiser, and the backbone that joins them. */
import type { AudioBackbone, AudioCodec, BridgeSite, Denoiser, PlainTensor } from "../contracts/index.js";
import type { GraphValue } from "../graph-value.js";
import { elementCount } from "../tensor.js";
import {
  type ConformanceCheck,
  entryOf,
  filledTensor,
  type MaybePromise,
  must,
  mustBeEqual,
  mustBePositive,
  mustHaveShape,
  mustHaveSignature,
  mustHoldParameters,
  mustIdentify,
  normalTensor,
  plainCheck,
  reachable,
  relativeDifference,
  runOnce,
  runtimeCheck,
} from "./check.js";
import { BATCH_TOLERANCE } from "./encoders.js";

/** Largest difference of a chunk decoded with its context, relative to the loudest sample. */
const CHUNK_TOLERANCE = 1e-4;

/**
 * Checks of {@link AudioCodec}.
 *
 * @param options - `frames`: latents of the clip that is run. Default 8.
 */
export function testAudioCodec(
  make: () => MaybePromise<AudioCodec>,
  options: { readonly frames?: number } = {},
): readonly ConformanceCheck[] {
  const frames = options.frames ?? 8;
  return [
    plainCheck("declares an id and rates that fit together", async () => {
      const codec = await make();
      mustIdentify(codec, "audio-codec");
      mustBePositive("sampleRate", codec.sampleRate, true);
      mustBePositive("channels", codec.channels, true);
      mustBePositive("hop", codec.hop, true);
      mustBePositive("latentChannels", codec.latentChannels, true);
      const rate = codec.sampleRate / codec.hop;
      must(Math.abs(codec.latentRate / rate - 1) < 1e-12, `latentRate is ${codec.latentRate}, sampleRate / hop is ${rate}.`);
      const context = codec.decodeContext;
      must(context === undefined || (Number.isInteger(context) && context >= 0), `decodeContext is ${context}.`);
      const chunk = codec.decodeChunk;
      if (chunk === undefined) return;
      must(context !== undefined, "decodeChunk is given without a decodeContext, which chunks need.");
      must(
        Number.isInteger(chunk) && chunk > 2 * (context ?? 0),
        `decodeChunk is ${chunk}, the context on both sides ${context} each.`,
      );
    }),
    plainCheck("makes graphs of the declared shapes and holds their parameters", async () => {
      const codec = await make();
      for (const [count, batch] of [
        [frames, 1],
        [frames + 1, 2],
      ] as const) {
        const audio = [batch, codec.channels, count * codec.hop] as const;
        const latents = [batch, codec.latentChannels, count] as const;
        const encode = codec.encodeGraph({ frames: count, batch });
        mustHaveSignature(encode, { audio: ["float32", audio] }, { latents });
        mustHoldParameters(codec.weights, encode);
        const decode = codec.decodeGraph({ frames: count, batch });
        mustHaveSignature(decode, { latents: ["float32", latents] }, { audio });
        mustHoldParameters(codec.weights, decode);
      }
    }),
    runtimeCheck("encodes and decodes to finite numbers, silence included, the same every time", async (runtime) => {
      const codec = await make();
      const shape = [1, codec.channels, frames * codec.hop];
      for (const audio of [filledTensor(0, shape), quiet(normalTensor("audio", shape))]) {
        const encode = codec.encodeGraph({ frames });
        const { latents } = (await runOnce(runtime, encode, codec.weights, { audio })) as { latents: PlainTensor };
        const decode = codec.decodeGraph({ frames });
        const { audio: decoded } = (await runOnce(runtime, decode, codec.weights, { latents })) as { audio: PlainTensor };
        const again = (await runOnce(runtime, decode, codec.weights, { latents })) as { audio: PlainTensor };
        mustBeEqual("The same latents decoded again", again.audio, decoded);
      }
    }),
    runtimeCheck("decodes a chunk with decodeContext latents on each side exactly as the whole", async (runtime) => {
      const codec = await make();
      const context = codec.decodeContext;
      if (context === undefined) return;
      const count = 4 * context + 2 * frames;
      const latents = normalTensor("latents", [1, codec.latentChannels, count]);
      const decode = async (input: PlainTensor): Promise<PlainTensor> => {
        const graph = codec.decodeGraph({ frames: input.shape[2] as number });
        return (await runOnce(runtime, graph, codec.weights, { latents: input })).audio as PlainTensor;
      };
      const whole = await decode(latents);
      const [from, to] = [2 * context, 2 * context + frames];
      const chunk = await decode(lastAxis(latents, from - context, to + context));
      const inner = lastAxis(chunk, context * codec.hop, (context + frames) * codec.hop);
      const difference = relativeDifference(inner, lastAxis(whole, from * codec.hop, to * codec.hop));
      must(difference < CHUNK_TOLERANCE, `A chunk with ${context} latents of context differs by ${difference} from the whole.`);
    }),
  ];
}

/** Options of {@link testDenoiser}. */
export interface DenoiserTestOptions {
  /** Latents of the clip that is run. Default 12. */
  readonly frames?: number;
}

/** Checks of {@link Denoiser}. */
export function testDenoiser(make: () => MaybePromise<Denoiser>, options: DenoiserTestOptions = {}): readonly ConformanceCheck[] {
  const frames = options.frames ?? 12;
  return [
    plainCheck("declares an id, a prediction and sizes", async () => {
      const denoiser = await make();
      mustIdentify(denoiser, "denoiser");
      must(["v", "flow"].includes(denoiser.prediction), `prediction is ${denoiser.prediction}.`);
      mustBePositive("latentChannels", denoiser.latentChannels, true);
      mustBePositive("blocks", denoiser.blocks, true);
    }),
    plainCheck("has one site per block, with a position in seconds for every latent", async () => {
      const denoiser = await make();
      const sites = denoiser.sites(frames);
      must(sites.length === denoiser.blocks, `There are ${sites.length} sites for ${denoiser.blocks} blocks.`);
      sites.forEach((site, i) => {
        must(site.block === i, `Site ${i} says block ${site.block}.`);
        must(
          site.width === site.heads * site.headWidth,
          `Site ${i}: ${site.heads} heads of ${site.headWidth} are not ${site.width} wide.`,
        );
        must(Number.isInteger(site.prefixTokens) && site.prefixTokens >= 0, `Site ${i} has ${site.prefixTokens} prefix tokens.`);
        must(site.seconds.length === frames, `Site ${i} has ${site.seconds.length} positions for ${frames} latents.`);
        must(
          site.seconds.every((value, j) => value >= 0 && (j === 0 || value > (site.seconds[j - 1] as number))),
          `The positions of site ${i} do not rise from 0.`,
        );
      });
    }),
    plainCheck("makes graphs of the declared shapes and holds their parameters", async () => {
      const denoiser = await make();
      for (const batch of [1, 2]) {
        const graph = denoiser.graph({ frames, batch });
        const named = (name: string): GraphValue | undefined => graph.inputs.find((value) => value.name === name);
        const latents = [batch, denoiser.latentChannels, frames] as const;
        const context = named("context")?.shape ?? [];
        const global = named("global")?.shape ?? [];
        must(context.length === 3 && context[0] === batch, `context is [${context.join(", ")}], not [batch, rows, width].`);
        must(global.length === 2 && global[0] === batch, `global is [${global.join(", ")}], not [batch, width].`);
        mustHaveSignature(
          graph,
          {
            latents: ["float32", latents],
            time: ["float32", [batch]],
            context: ["float32", context],
            global: ["float32", global],
          },
          { prediction: latents },
        );
        mustHoldParameters(denoiser.weights, graph);
      }
    }),
    plainCheck("calls the hook once per site, in order, with the residual stream", async () => {
      const denoiser = await make();
      const called: BridgeSite[] = [];
      denoiser.graph({
        frames,
        batch: 2,
        hook: (x, site) => {
          called.push(site);
          mustHaveShape(`x at block ${site.block}`, x, "float32", [2, site.prefixTokens + frames, site.width]);
          return x;
        },
      });
      const sites = denoiser.sites(frames);
      must(
        JSON.stringify(called) === JSON.stringify(sites),
        `The hook saw blocks ${called.map((site) => site.block).join(", ")}.`,
      );
    }),
    plainCheck("lets what the hook returns replace the residual stream for all its consumers", async () => {
      const denoiser = await make();
      for (const { block } of denoiser.sites(frames)) {
        let given: GraphValue | undefined;
        let replacement: GraphValue | undefined;
        const graph = denoiser.graph({
          frames,
          hook: (x, site) => {
            if (site.block !== block) return x;
            given = x;
            replacement = { kind: "constant", dtype: "float32", shape: x.shape, data: new Float32Array(elementCount(x.shape)) };
            return replacement;
          },
        });
        const used = reachable(graph);
        must(replacement !== undefined && used.has(replacement), `What the hook returned at block ${block} is not used.`);
        must(given !== undefined && !used.has(given), `At block ${block} something still reads the value from before the hook.`);
      }
    }),
    plainCheck("declares the extra inputs that a hook reads", async () => {
      const denoiser = await make();
      const extra: GraphValue = { kind: "input", name: "conformanceExtra", dtype: "float32", shape: [1, 3, 5] };
      const graph = denoiser.graph({ frames, extraInputs: [extra], hook: (x) => x });
      must(graph.inputs.includes(extra), "The extra input is not among the inputs of the graph.");
    }),
    runtimeCheck(
      "gives finite numbers, the same every time, with and without an idle hook, alone and in a batch",
      async (runtime) => {
        const denoiser = await make();
        const one = denoiser.graph({ frames });
        const inputs = denoiserInputs(denoiser, frames, 2);
        const run = async (graph: typeof one, entry: number): Promise<PlainTensor> => {
          const single = Object.fromEntries(Object.entries(inputs).map(([name, value]) => [name, entryOf(value, entry)]));
          return (await runOnce(runtime, graph, denoiser.weights, single)).prediction as PlainTensor;
        };
        const first = await run(one, 0);
        mustBeEqual("The same inputs again", await run(one, 0), first);
        mustBeEqual("With a hook that returns x", await run(denoiser.graph({ frames, hook: (x) => x }), 0), first);
        const second = await run(one, 1);
        const both = (await runOnce(runtime, denoiser.graph({ frames, batch: 2 }), denoiser.weights, inputs))
          .prediction as PlainTensor;
        [first, second].forEach((alone, i) => {
          const difference = relativeDifference(entryOf(both, i), alone);
          must(difference < BATCH_TOLERANCE, `Entry ${i} of a batch differs by ${difference} from the same input alone.`);
        });
      },
    ),
  ];
}

/** Checks of {@link AudioBackbone}: those of its three parts, and that they fit together. */
export function testAudioBackbone(
  make: () => MaybePromise<AudioBackbone>,
  options: DenoiserTestOptions = {},
): readonly ConformanceCheck[] {
  return [
    plainCheck("joins parts that fit: latents, text width, context and global conditioning", async () => {
      const backbone = await make();
      mustIdentify(backbone, "audio-backbone");
      const { text, denoiser, codec } = backbone;
      must(
        denoiser.latentChannels === codec.latentChannels,
        `The denoiser has ${denoiser.latentChannels} latent channels, the codec ${codec.latentChannels}.`,
      );
      for (const batch of [1, 2]) {
        const graph = backbone.conditionGraph({ batch });
        const step = denoiser.graph({ frames: options.frames ?? 12, batch });
        const shapeOf = (name: string) => step.inputs.find((value) => value.name === name)?.shape ?? [];
        mustHaveSignature(
          graph,
          {
            tokens: ["float32", [batch, text.length, text.tokenWidth]],
            secondsStart: ["float32", [batch]],
            secondsTotal: ["float32", [batch]],
          },
          { context: shapeOf("context"), global: shapeOf("global") },
        );
        mustHoldParameters(backbone.weights, graph);
      }
      const seconds = denoiser.sites(4).at(0)?.seconds ?? [];
      const step = (seconds[1] as number) - (seconds[0] as number);
      must(Math.abs(step * codec.latentRate - 1) < 1e-6, `The sites are ${step} s apart, the latents ${1 / codec.latentRate} s.`);
    }),
    runtimeCheck("conditions on duration: finite, and different for different seconds", async (runtime) => {
      const backbone = await make();
      const graph = backbone.conditionGraph();
      const run = (seconds: number): Promise<Record<string, PlainTensor>> =>
        runOnce(runtime, graph, backbone.weights, {
          tokens: filledTensor(0, [1, backbone.text.length, backbone.text.tokenWidth]),
          secondsStart: filledTensor(0, [1]),
          secondsTotal: filledTensor(seconds, [1]),
        });
      const [short, long] = [await run(2), await run(9)];
      must(
        relativeDifference(short.global as PlainTensor, long.global as PlainTensor) > 0,
        "2 s and 9 s gave the same global conditioning.",
      );
    }),
    ...testDenoiser(async () => (await make()).denoiser, options).map((check) => ({ ...check, name: `denoiser: ${check.name}` })),
    ...testAudioCodec(async () => (await make()).codec).map((check) => ({ ...check, name: `codec: ${check.name}` })),
  ];
}

/** Random inputs of a denoiser. */
export function denoiserInputs(denoiser: Denoiser, frames: number, batch: number): Record<string, PlainTensor<"float32">> {
  return Object.fromEntries(
    denoiser.graph({ frames, batch }).inputs.map(({ name = "", shape }) => {
      if (name !== "time") return [name, normalTensor(name, shape)];
      return [name, { dtype: "float32", shape, data: Float32Array.from({ length: batch }, (_, i) => 0.3 + 0.2 * i) }];
    }),
  );
}

/** Scaled down to the level of ordinary sound. */
function quiet(tensor: PlainTensor<"float32">): PlainTensor<"float32"> {
  return { ...tensor, data: tensor.data.map((value) => 0.1 * value) };
}

/** Entries `from` to `to` of the last axis. */
function lastAxis(tensor: PlainTensor, from: number, to: number): PlainTensor<"float32"> {
  const length = tensor.shape.at(-1) as number;
  const rows = tensor.data.length / length;
  const data = new Float32Array(rows * (to - from));
  for (let row = 0; row < rows; row++) {
    data.set((tensor.data as Float32Array).subarray(row * length + from, row * length + to), row * (to - from));
  }
  return { dtype: "float32", shape: [...tensor.shape.slice(0, -1), to - from], data };
}
