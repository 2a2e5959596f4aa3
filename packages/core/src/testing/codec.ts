/** Conformance of codecs. */
import type { AudioCodec, PlainTensor } from "../contracts/index.js";
import type { Graph } from "../graph-value.js";
import {
  type ConformanceCheck,
  filledTensor,
  type MaybePromise,
  must,
  mustBeEqual,
  mustBePositive,
  mustHaveSignature,
  mustHoldParameters,
  mustIdentify,
  normalTensor,
  plainCheck,
  relativeDifference,
  runOnce,
  runtimeCheck,
} from "./check.js";

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
      const decode = async (graph: Graph, inputs: Record<string, PlainTensor>): Promise<PlainTensor> =>
        Object.values(await runOnce(runtime, graph, codec.weights, inputs))[0] as PlainTensor;
      const whole = await decode(codec.decodeGraph({ frames: count }), { latents });
      const stages = codec.decodeStages;
      const seen = stages ? await decode(stages.whole({ frames: count }), { latents }) : latents;
      const [from, to] = [2 * context, 2 * context + frames];
      const piece = lastAxis(seen, from - context, to + context);
      const length = { frames: frames + 2 * context };
      const chunk = stages
        ? await decode(stages.piece(length), { features: piece })
        : await decode(codec.decodeGraph(length), { latents: piece });
      const inner = lastAxis(chunk, context * codec.hop, (context + frames) * codec.hop);
      const difference = relativeDifference(inner, lastAxis(whole, from * codec.hop, to * codec.hop));
      must(difference < CHUNK_TOLERANCE, `A chunk with ${context} latents of context differs by ${difference} from the whole.`);
    }),
  ];
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
