/** A denoiser from an ONNX file, told by a description in JSON: for those who have a network and no wish to write code. */
import { type AudioBackbone, FoleyError, type GraphValue } from "@foley-control/core";
import { type ExternalData, graphFromOnnx, ops, valuesOf } from "@foley-control/graph";
import * as z from "zod/mini";
import { checkedConfig } from "../checked-config.js";
import { type DenoiserInputs, namesOfSums, splicedDenoiser } from "../spliced-denoiser.js";

/** A name in a network, which errors repeat. */
const name = () => z.string().check(z.maxLength(300));

const port = () =>
  z.union([
    name(),
    z.strictObject({
      from: name(),
      transpose: z.optional(z.array(z.int().check(z.nonnegative()))),
      multiply: z.optional(z.number()),
      add: z.optional(z.number()),
    }),
  ]);
type Port = z.output<ReturnType<typeof port>>;

const description = () =>
  z.strictObject({
    id: name().check(z.minLength(1)),
    prediction: z.enum(["v", "flow"]),
    sites: z.array(name()).check(z.minLength(1), z.maxLength(1024)),
    heads: z.int().check(z.positive()),
    axes: z.prefault(z.strictObject({ batch: z._default(name(), "batch"), frames: z._default(name(), "frames") }), {}),
    sizes: z.optional(z.record(name(), z.int().check(z.positive()))),
    inputs: z.optional(z.record(name(), port())),
    output: z.optional(port()),
  });

/** What an ONNX file does not say about itself. */
export interface OnnxDenoiserDescription {
  /** Written into bridges. */
  readonly id: string;
  /** What the network predicts. */
  readonly prediction: "v" | "flow";
  /** Names of the residual stream after each text cross-attention. */
  readonly sites: readonly string[];
  /** Heads of its self-attention. */
  readonly heads: number;
  /** Names of the two sizes that are open. Default "batch" and "frames". */
  readonly axes?: { readonly batch?: string; readonly frames?: string };
  /** Sizes of all others that the export leaves open, by name, e.g. `{ "tokens": 17 }`. */
  readonly sizes?: Readonly<Record<string, number>>;
  /**
   * What each input of the network is made of: latents [batch, channels, frames], time [batch] in 0..1, and what the base backbone
   * conditions on (context, global).
   */
  readonly inputs?: Readonly<Record<string, OnnxPort>>;
  /** How the prediction is made of one of its outputs. */
  readonly output?: OnnxPort;
}

/** A value by name, or one made of it: its axes reordered, then times a factor, plus a constant. */
export type OnnxPort =
  | string
  | { readonly from: string; readonly transpose?: readonly number[]; readonly multiply?: number; readonly add?: number };

/** Frames at which the network is looked at to see how wide its sites are. */
const PROBE_FRAMES = 16;

/**
 * A backbone with the text encoder, the conditioning and the codec of another one, and the denoiser of an ONNX file.
 *
 * @param file - the `.onnx`, `batch` and `frames` left open
 * @param described - parsed {@link OnnxDenoiserDescription}, as it came from a file
 * @param base - what the denoiser was trained with
 * @param externalData - finds the file of weights outside; default as in `graphFromOnnx`
 * @throws FoleyError `bad-file` for a description or a file that is wrong; `invalid-argument`, `shape-mismatch` for sites, inputs or an
 *   output that the network does not have: the error lists what it may be
 */
export function onnxBackbone(
  file: Uint8Array,
  described: unknown,
  base: AudioBackbone,
  externalData?: ExternalData,
): AudioBackbone {
  const checked = checkedConfig(description, described, "The description of the denoiser");
  const { id, prediction, sites, heads, axes, sizes, inputs, output } = checked;
  const read = ({ batch, frames }: { readonly batch: number; readonly frames: number }) =>
    graphFromOnnx(file, {
      shapes: { ...sizes, [axes.batch]: batch, [axes.frames]: frames },
      ...(externalData && { externalData }),
    });
  const probe = read({ batch: 1, frames: PROBE_FRAMES });
  const conditions = base.conditionGraph({ frames: PROBE_FRAMES }).outputs;
  const denoiser = splicedDenoiser({
    id,
    prediction,
    latentChannels: base.codec.latentChannels,
    latentRate: base.codec.latentRate,
    conditions: Object.fromEntries(Object.entries(conditions).map(([name, { shape }]) => [name, shape.slice(1)])),
    network: (size) => read(size).graph,
    weights: probe.weights,
    ...(inputs && { inputs: (given: DenoiserInputs) => made(inputs, given, `an input of "${id}"`) }),
    ...(output && {
      output: (outputs: Readonly<Record<string, GraphValue>>) =>
        made({ prediction: output }, outputs, `the output of "${id}"`)["prediction"] as GraphValue,
    }),
    sites: sites.map((value) => ({ value, heads, ...streamAt(probe.graph, value, id) })),
  });
  // Looked at once, so that what is wrong is said when it is opened.
  denoiser.graph({ frames: PROBE_FRAMES, hook: (x) => x });
  return { ...base, id, denoiser, sampling: undefined };
}

/** How wide the residual stream is at a value, and how many rows are in front of those of the latents. */
function streamAt(network: Parameters<typeof valuesOf>[0], name: string, id: string) {
  const values = valuesOf(network);
  const isStream = ({ dtype, shape }: GraphValue) =>
    dtype === "float32" && shape.length === 3 && shape[0] === 1 && (shape[1] as number) >= PROBE_FRAMES;
  const found = values.find((value) => value.name === name);
  if (found && isStream(found))
    return { width: found.shape[2] as number, prefixTokens: (found.shape[1] as number) - PROBE_FRAMES };
  const listed = namesOfSums(values, isStream, (value) => `${value.name} (${value.shape[2]} wide)`);
  throw new FoleyError(
    "invalid-argument",
    found
      ? `The value "${name}" of "${id}" is ${found.dtype} [${found.shape}]; a residual stream [batch, rows, width] with a row per latent was expected.`
      : `"${id}" has no value named "${name}".`,
    { hint: `Sums that may be sites, in order: ${listed}.` },
  );
}

function made(ports: Readonly<Record<string, Port>>, values: Readonly<Record<string, GraphValue>>, what: string) {
  return Object.fromEntries(
    Object.entries(ports).map(([name, each]) => {
      const { from, transpose, multiply, add } = typeof each === "string" ? { from: each } : { ...each };
      let value = Object.hasOwn(values, from) ? values[from] : undefined;
      if (!value)
        throw new FoleyError("invalid-argument", `The description makes ${what} of "${from}", which there is not.`, {
          hint: `There are ${Object.keys(values).join(", ")}.`,
        });
      if (transpose) value = ops.transpose(value, transpose);
      if (multiply !== undefined) value = ops.multiply(value, multiply);
      if (add !== undefined) value = ops.add(value, add);
      return [name, value];
    }),
  );
}
