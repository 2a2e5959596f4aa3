/** Somebody else's network as a denoiser: read from a file or written by hand, its bridge sites named by values in it. */
import {
  type BridgeSite,
  type Denoiser,
  FoleyError,
  type Graph,
  type GraphValue,
  type ParameterSource,
  sameShape,
} from "@foley-control/core";
import { graph, inline, input, parameter, rewrite, splice, valuesOf } from "@foley-control/graph";

/** A place for the bridge: the residual stream after a block's text cross-attention and before its feed-forward. */
export interface NamedSite {
  /** Name of the value in the network: [batch, prefixTokens + frames, width] float32. */
  readonly value: string;
  /** Width of the residual stream. */
  readonly width: number;
  /** Heads of the block's self-attention; the bridge has as many, of even width. */
  readonly heads: number;
  /** Rows in front of the latents' own, e.g. of registers or a global token. Default 0. */
  readonly prefixTokens?: number | undefined;
}

/** What a denoiser is given, as values of a graph: `latents` [batch, latentChannels, frames], `time` [batch] in 0..1, conditions by name. */
export type DenoiserInputs<Condition extends string = string> = Readonly<
  Record<Condition, GraphValue> & Record<"latents" | "time", GraphValue>
>;

/** Options of {@link splicedDenoiser}. */
export interface SplicedDenoiserOptions<Condition extends string = string> {
  /** Stable identifier, written into bridge files. */
  readonly id: string;
  /** What `output` gives: v, or rectified flow's noise minus sound. */
  readonly prediction: Denoiser["prediction"];
  /** Channels of one latent. */
  readonly latentChannels: number;
  /** Latents per second; row i after the prefix is heard around (i + ½) / latentRate. */
  readonly latentRate: number;
  /** Shapes of what the backbone's condition graph gives, without the batch, e.g. `{ context: [17, 96], global: [96] }`. */
  readonly conditions: Readonly<Record<Condition, readonly number[]>>;
  /** The network for a clip length and a batch size, e.g. `graphFromOnnx(bytes, { shapes: { batch, frames } }).graph`. */
  readonly network: (size: { readonly frames: number; readonly batch: number }) => Graph;
  /** Values of the network's parameters. */
  readonly weights: ParameterSource;
  /**
   * What each input of the network is made of: other names, axes, units. Inputs must all be given. Default: the network has `latents`,
   * `time` and the conditions itself.
   */
  readonly inputs?: ((given: DenoiserInputs<Condition>) => Readonly<Record<string, GraphValue>>) | undefined;
  /** The prediction [batch, latentChannels, frames] from the network's outputs. Default: the output `prediction`. */
  readonly output?: ((outputs: Readonly<Record<string, GraphValue>>, given: DenoiserInputs<Condition>) => GraphValue) | undefined;
  /** Where the bridge goes, from the first block to the last. All have the same width and heads. */
  readonly sites: readonly NamedSite[];
}

/** Before the names of the network's parameters, so that they never meet those of a bridge, which calls its own `blocks.0.norm.weight`. */
export const NETWORK_PREFIX = "network.";

/**
 * Makes a denoiser of any network whose blocks have a residual stream with one row per latent.
 *
 * @throws FoleyError `invalid-argument` for sites that cannot be; from `graph` also `invalid-argument` when the network has no value of
 *   a site's name (the error lists those that it may be) and `shape-mismatch` when a value, an input or the prediction has another shape.
 * @example
 * const file = await readFile("denoiser.onnx");
 * const read = (shapes: Record<string, number>) => graphFromOnnx(file, { shapes });
 * const denoiser = splicedDenoiser({
 *   id: "me/denoiser@1",
 *   prediction: "flow",
 *   latentChannels: 64,
 *   latentRate: 23.4375,
 *   conditions: { context: [17, 96], global: [96] },
 *   network: (size) => read(size).graph,
 *   weights: read({ frames: 1, batch: 1 }).weights,
 *   inputs: ({ latents, time, context }) => ({ x: ops.transpose(latents, [0, 2, 1]), t: ops.multiply(time, 1000), text: context }),
 *   output: ({ velocity }) => ops.transpose(velocity, [0, 2, 1]),
 *   sites: ["add_145", "add_262"].map((value) => ({ value, width: 64, heads: 2 })),
 * });
 */
export function splicedDenoiser<Condition extends string>(options: SplicedDenoiserOptions<Condition>): Denoiser {
  checkSites(options);
  const sites = (frames: number) => sitesOf(options, frames);
  return {
    specificationVersion: "v1",
    kind: "denoiser",
    id: options.id,
    prediction: options.prediction,
    latentChannels: options.latentChannels,
    blocks: options.sites.length,
    weights: prefixed(options.weights),
    sites,
    graph({ frames, batch = 1, hook, extraInputs = [] }) {
      const connected = connect(options, frames, batch);
      checkStreams(options, connected, frames, batch);
      if (!hook) return { ...connected, inputs: [...connected.inputs, ...extraInputs] };
      return sites(frames).reduce(
        (network, site, i) => splice(network, (options.sites[i] as NamedSite).value, (x) => hook(x, site), extraInputs),
        connected,
      );
    },
  };
}

/** The network between the contract's inputs and its output, with its parameters renamed. */
function connect(options: SplicedDenoiserOptions, frames: number, batch: number): Graph {
  const { id, latentChannels, conditions } = options;
  const given: DenoiserInputs = {
    latents: input("latents", [batch, latentChannels, frames]),
    time: input("time", [batch]),
    ...Object.fromEntries(Object.entries(conditions).map(([name, shape]) => [name, input(name, [batch, ...shape])])),
  };
  const renamed = new Map<string, GraphValue>();
  const network = rewrite(options.network({ frames, batch }), {
    leaf: (value) => {
      if (value.kind !== "parameter") return value;
      const name = `${NETWORK_PREFIX}${value.name}`;
      const known = renamed.get(name) ?? parameter(name, value.shape, value.dtype);
      renamed.set(name, known);
      return known;
    },
  });
  const values = options.inputs ? options.inputs(given) : { ...given };
  const missing = network.inputs.filter(({ name = "" }) => !Object.hasOwn(values, name)).map(({ name }) => `"${name}"`);
  if (missing.length > 0) {
    const what = `The network of "${id}" has the inputs ${missing.join(", ")}, which nothing is put into.`;
    const hint = `Give them in "inputs", made of ${Object.keys(given).join(", ")}, or as constants.`;
    throw new FoleyError("invalid-argument", what, { hint });
  }
  const outputs = inline(network, values);
  const prediction = options.output ? options.output(outputs, given) : outputs["prediction"];
  if (prediction?.dtype !== "float32" || !sameShape(prediction.shape, given.latents.shape)) {
    const found = prediction ? `${prediction.dtype} [${prediction.shape}]` : "missing";
    const what = `The prediction of "${id}" is ${found}; float32 [${given.latents.shape}] was expected.`;
    const hint = `Make it in \`output\` of the network's outputs: ${Object.keys(outputs).join(", ")}.`;
    throw new FoleyError("shape-mismatch", what, { hint });
  }
  return graph("denoiser", Object.values(given), { prediction });
}

/** Sums that one error names. */
const MAX_NAMED = 24;

/** Names of the values that may be residual streams, for a hint: those of the right shape that are a sum, or the label of one. */
export function namesOfSums(
  values: readonly GraphValue[],
  fits: (value: GraphValue) => boolean,
  say = ({ name = "" }: GraphValue) => name,
): string {
  const sums = values.filter((value) => /^(Add|Identity)$/.test(value.node?.op ?? "") && value.name && fits(value));
  return `${sums.slice(0, MAX_NAMED).map(say).join(", ") || "none"}${sums.length > MAX_NAMED ? ", …" : ""}`;
}

/** Refuses sites whose value is no residual stream of the size that they say. */
function checkStreams(options: SplicedDenoiserOptions, connected: Graph, frames: number, batch: number): void {
  const values = valuesOf(connected);
  for (const { value: name, width, prefixTokens = 0 } of options.sites) {
    const found = values.find((value) => value.name === name);
    const wanted = [batch, prefixTokens + frames, width];
    const fits = (value: GraphValue) => value.dtype === "float32" && sameShape(value.shape, wanted);
    if (found && fits(found)) continue;
    const what = found
      ? `The value "${name}" of "${options.id}" is ${found.dtype} [${found.shape}]`
      : `"${options.id}" has no value named "${name}"`;
    const said = `float32 [${wanted}]: batch, ${prefixTokens} prefix and ${frames} latent rows, width`;
    throw new FoleyError(found ? "shape-mismatch" : "invalid-argument", `${what}; its site says ${said}.`, {
      hint: `Sums of that shape, in order: ${namesOfSums(values, fits)}.`,
    });
  }
}

function sitesOf(options: SplicedDenoiserOptions, frames: number): readonly BridgeSite[] {
  const seconds = Array.from({ length: frames }, (_, i) => (i + 0.5) / options.latentRate);
  return options.sites.map(({ width, heads, prefixTokens = 0 }, block) => ({
    block,
    width,
    heads,
    headWidth: width / heads,
    prefixTokens,
    seconds,
  }));
}

function checkSites({ id, sites }: SplicedDenoiserOptions): void {
  const [first] = sites;
  if (!first) {
    throw new FoleyError("invalid-argument", `"${id}" has no sites, so a bridge would have no place in it.`, {
      hint: "Name the residual stream after each text cross-attention.",
    });
  }
  for (const { value, width, heads, prefixTokens = 0 } of sites) {
    const headWidth = width / heads;
    if (!Number.isInteger(headWidth / 2) || headWidth <= 0 || !Number.isInteger(prefixTokens) || prefixTokens < 0) {
      throw new FoleyError(
        "invalid-argument",
        `The site "${value}" of "${id}" has width ${width}, ${heads} heads and ${prefixTokens} prefix tokens; whole numbers and heads of even width were expected.`,
      );
    }
    if (width !== first.width || heads !== first.heads) {
      throw new FoleyError(
        "invalid-argument",
        `The sites of "${id}" differ: "${first.value}" has width ${first.width} and ${first.heads} heads, "${value}" ${width} and ${heads}.`,
        { hint: "A bridge has one width; leave out the blocks of another." },
      );
    }
    if (sites.filter((site) => site.value === value).length > 1) {
      throw new FoleyError("invalid-argument", `"${id}" names the value "${value}" for two sites.`);
    }
  }
}

function prefixed(weights: ParameterSource): ParameterSource {
  return {
    names: () => weights.names().map((name) => `${NETWORK_PREFIX}${name}`),
    get: (name) => (name.startsWith(NETWORK_PREFIX) ? weights.get(name.slice(NETWORK_PREFIX.length)) : undefined),
  };
}
