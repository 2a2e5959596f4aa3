/** The audio networks of the metrics: every stage, embedding and logit, from releases in their own containers or weights by formula. */
import { type Graph, type GraphValue, memoryParameters, type ParameterSource, type PlainTensor } from "@foley-control/core";
import { graph, ops, valuesOf } from "@foley-control/graph";
import {
  type MetricNetwork,
  type NetworkRelease,
  PANNS_RELEASE,
  PASST_RELEASE,
  panns,
  passt,
  VGGISH_RELEASE,
  vggish,
} from "@foley-control/metrics";
import { openCheckpoint } from "@foley-control/weights/node";
import { besideCase, formulaWeights, type GoldenCase, type Numbers } from "../case.js";
import { type Comparison, compareAll } from "../compare.js";
import { pannsMel, passtMel, vggishMel } from "../front-ends.js";
import { withGraph } from "../runtime.js";

/** What a network of this kind is told by, and how its outputs are computed. */
interface AudioNetwork {
  /** An output that no other network has. */
  readonly told: string;
  readonly run: (golden: GoldenCase) => Promise<Record<string, Numbers>>;
}

const networks: readonly AudioNetwork[] = [
  { told: "examples", run: runVggish },
  { told: "embedding2048", run: runPanns },
  { told: "stage.patch_embed", run: runPasst },
];

const networkOf = ({ file }: GoldenCase) =>
  networks.find(({ told }) => file.inputs?.["wave"] !== undefined && file.outputs?.[told] !== undefined);

/** Whether a case is of this kind. */
export const isAudioNetwork = (golden: GoldenCase): boolean => networkOf(golden) !== undefined;

/** Every output of the case. */
export async function checkAudioNetwork(golden: GoldenCase): Promise<readonly Comparison[]> {
  return compareAll(golden, await (networkOf(golden) as AudioNetwork).run(golden));
}

/** The release that lies beside the case, opened as it would be, or weights by formula under the same names. */
async function weightsOf(golden: GoldenCase, { checkpoint }: NetworkRelease): Promise<ParameterSource> {
  const file = golden.file["checkpoint"] as string | undefined;
  if (file !== undefined) return openCheckpoint(besideCase(golden, file), checkpoint);
  const strip = (name: string) =>
    (checkpoint.strip ?? []).reduce((rest, prefix) => (rest.startsWith(prefix) ? rest.slice(prefix.length) : rest), name);
  const made = Object.entries(formulaWeights(golden)).map(([name, tensor]) => [strip(name), tensor] as const);
  return memoryParameters(Object.fromEntries(made));
}

/**
 * Runs a network with its labelled values as further outputs.
 *
 * @param stages - outputs of the case by the label of the value that each is, and what is done to it first
 */
function runStages<Options>(
  network: MetricNetwork<Options>,
  options: Options,
  feeds: Readonly<Record<string, Numbers | PlainTensor>>,
  stages: Readonly<Record<string, readonly [label: string, (value: GraphValue) => GraphValue]>>,
): Promise<Record<string, Numbers>> {
  const plain = network.graph(options);
  const labelled = new Map(valuesOf(plain).map((value) => [value.name, value]));
  const inner = Object.entries(stages).map(([output, [label, apply]]) => {
    const value = labelled.get(label) ?? plain.outputs[label];
    if (!value) throw new Error(`The graph has no value "${label}".`);
    return [output, apply(value)] as const;
  });
  const whole: Graph = graph(plain.name, plain.inputs, { ...plain.outputs, ...Object.fromEntries(inner) });
  return withGraph(whole, network.weights, (run) => run(feeds));
}

const asIs = (value: GraphValue): GraphValue => value;
const byName = (labels: readonly string[], prefix = "stage.") =>
  Object.fromEntries(labels.map((label) => [`${prefix}${label}`, [label, asIs] as const]));

async function runVggish(golden: GoldenCase): Promise<Record<string, Numbers>> {
  const mel = vggishMel(golden.input("wave"));
  const network = vggish(await weightsOf(golden, VGGISH_RELEASE));
  const found = await runStages(network, { pieces: mel.shape[0] as number }, { mel }, byName(["features"]));
  return { ...found, examples: mel };
}

async function runPanns(golden: GoldenCase): Promise<Record<string, Numbers>> {
  const mel = pannsMel(golden.input("wave"));
  const [batch, , frames] = mel.shape as readonly [number, number, number];
  const network = panns(await weightsOf(golden, PANNS_RELEASE));
  const blocks = Object.keys(golden.file.outputs).flatMap((name) => /^stage\.(conv_block\d+)$/.exec(name)?.[1] ?? []);
  const found = await runStages(
    network,
    { batch, frames },
    { mel },
    { ...byName(blocks), "stage.bn0": ["bn0", (value) => ops.transpose(value, [0, 3, 2, 1])], embedding2048: ["features", asIs] },
  );
  return { ...found, "stage.logmel_extractor": mel };
}

async function runPasst(golden: GoldenCase): Promise<Record<string, Numbers>> {
  const mel = passtMel(golden.input("wave"));
  const network = passt(await weightsOf(golden, PASST_RELEASE), { heads: golden.file.config.heads });
  const names = Object.keys(golden.file.outputs).flatMap((name) => /^stage\.(.*)$/.exec(name)?.[1] ?? []);
  const stages = names.map((name) => {
    const label = name.replace(/\.tokens01$/, "");
    const classTokens = (value: GraphValue) => ops.slice(value, 1, 0, 2);
    return [`stage.${name}`, [label, label === name ? asIs : classTokens]] as const;
  });
  const found = await runStages(network, { batch: mel.shape[0] as number }, { mel }, Object.fromEntries(stages));
  return { ...found, mel };
}
