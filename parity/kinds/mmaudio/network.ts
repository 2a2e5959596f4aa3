/** MMAudio's flow network: what it is conditioned on, where it says latents go at three times, guidance, and every stage. */
import {
  emptyRows,
  type MmaudioConfig,
  mmaudioConditions,
  mmaudioFlow,
  normalised,
  readMmaudioConfig,
  unnormalised,
} from "@foley-control/audio-backbone";
import type { GraphValue, ParameterSource } from "@foley-control/core";
import { type Comparison, compareAll, type GoldenCase, type Numbers } from "@foley-control/golden";
import { besideCase } from "@foley-control/golden/node";
import { graph, input, ops, valuesOf } from "@foley-control/graph";
import { openCheckpoint } from "@foley-control/weights/node";
import { withGraph } from "../../runtime.js";

/** Whether a case is of this kind. */
export const isMmaudioNetwork = ({ file }: GoldenCase): boolean =>
  file.config?.net !== undefined && "cond.clip_f" in (file.outputs ?? {});

/** Rows of the three encoders. */
export type Features = Readonly<Record<"clip" | "sync" | "text", Numbers>>;

/** Latents, rows of CLIP and of Synchformer. */
export type Lengths = readonly [latents: number, clip: number, sync: number];

/** The network with its conditions in one graph: `latents` [batch, rows, channels], `time`, and the features. */
export function networkGraph(config: MmaudioConfig, [rows, clip, sync]: Lengths, batch = 1) {
  const latents = input("latents", [batch, rows, config.latentChannels]);
  const time = input("time", [batch]);
  const features = {
    clip: input("clip", [batch, clip, config.clipWidth]),
    sync: input("sync", [batch, sync, config.syncWidth]),
    text: input("text", [batch, config.textRows, config.textWidth]),
  };
  const conditions = mmaudioConditions(config, features, rows);
  const flow = mmaudioFlow(config, { latents, time }, conditions);
  const values = valuesOf({ name: "stages", inputs: [], outputs: { flow } });
  const stages: Record<string, GraphValue> = Object.fromEntries(
    values.flatMap((value) => (value.name ? [[`stage.${value.name}`, value] as const] : [])),
  );
  // What the last joint block only reads leaves it as it came.
  for (const stream of ["clip", "text"] as const) {
    const last = `stage.joint_blocks.${config.jointBlocks - 1}.${stream}`;
    stages[last] = stages[`stage.joint_blocks.${config.jointBlocks - 2}.${stream}`] ?? conditions[stream];
  }
  return { inputs: [latents, time, ...Object.values(features)], flow, conditions, stages };
}

/** The learned rows that stand for nothing, as often as a clip has rows. */
export async function emptyFeatures(config: MmaudioConfig, weights: ParameterSource, [, clip, sync]: Lengths): Promise<Features> {
  const one = input("one", [1]);
  const rows = emptyRows(config);
  const repeated = (row: (typeof rows)["clip"], shape: readonly [number, number, number]) =>
    ops.expand(ops.multiply(row, one), shape);
  const source = graph("empty", [one], {
    clip: repeated(rows.clip, [1, clip, config.clipWidth]),
    sync: repeated(rows.sync, [1, sync, config.syncWidth]),
    text: repeated(rows.text, [1, config.textRows, config.textWidth]),
  });
  return withGraph(source, weights, async (run) => (await run({ one: { shape: [1], data: Float32Array.of(1) } })) as Features);
}

/** Every output. */
export async function checkMmaudioNetwork(golden: GoldenCase): Promise<readonly Comparison[]> {
  const { config: said, outputs } = golden.file;
  const weights = await openCheckpoint(besideCase(golden, golden.file["checkpoint"]));
  const config = readMmaudioConfig(weights, said.net.heads);
  const lengths = said.lengths as Lengths;
  const given: Features = { clip: golden.input("clip"), sync: golden.input("sync"), text: golden.input("text") };
  const empty = await emptyFeatures(config, weights, lengths);
  const sets: Readonly<Record<string, Features>> = {
    cond: given,
    empty,
    negative: { ...empty, text: golden.input("negative") },
    novideo: { ...empty, text: given.text },
    nosync: { ...given, sync: empty.sync },
  };
  const { inputs, flow, conditions, stages } = networkGraph(config, lengths);
  const named = {
    clip_f: conditions.clip,
    sync_f: conditions.sync,
    text_f: conditions.text,
    clip_f_c: conditions.clipMean,
    text_f_c: conditions.textMean,
  };
  const wanted = Object.fromEntries(Object.entries(stages).filter(([name]) => name in outputs));
  const [latents] = rowsOf(golden.input("latents"));
  const computed: Record<string, Numbers> = {};
  await withGraph(graph("mmaudio", inputs, { flow, ...named, ...wanted }), weights, async (run) => {
    for (const [set, fed] of Object.entries(sets))
      for (const [index, t] of (said.t as readonly number[]).entries()) {
        const found = await run({ latents: latents as Numbers, time: { shape: [1], data: Float32Array.of(t) }, ...fed });
        computed[`flow.${set}.t${index}`] = found["flow"] as Numbers;
        for (const name of Object.keys(named)) computed[`${set}.${name}`] = found[name] as Numbers;
        if (set === "cond" && index === 1) for (const name of Object.keys(wanted)) computed[name] = found[name] as Numbers;
      }
  });
  for (const away of ["empty", "negative"]) {
    const [kept, dropped] = [computed["flow.cond.t1"] as Numbers, computed[`flow.${away}.t1`] as Numbers];
    const data = Float32Array.from(kept.data, (value, i) => said.cfg * value + (1 - said.cfg) * (dropped.data[i] as number));
    computed[`cfg.${away}.t1`] = { shape: kept.shape, data };
  }
  computed["flow.batch"] = await batchOfTwo(golden, config, weights, given);
  return compareAll(golden, { ...computed, ...(await statistics(golden, weights)) });
}

/** The second row has the pictures backwards, another text and another time. */
async function batchOfTwo(
  golden: GoldenCase,
  config: MmaudioConfig,
  weights: ParameterSource,
  given: Features,
): Promise<Numbers> {
  const { config: said } = golden.file;
  const { inputs, flow } = networkGraph(config, said.lengths, 2);
  const pair = (a: Numbers, b: Numbers): Numbers => ({
    shape: [2, ...a.shape.slice(1)],
    data: Float32Array.from([...a.data, ...b.data]),
  });
  const times = Float32Array.of(said.t[0], said.t[2]);
  const run = await withGraph(graph("mmaudio", inputs, { flow }), weights, (run) =>
    run({
      latents: golden.input("latents"),
      time: { shape: [2], data: times },
      clip: pair(given.clip, backwards(given.clip)),
      sync: pair(given.sync, backwards(given.sync)),
      text: pair(given.text, golden.input("negative")),
    }),
  );
  return run["flow"] as Numbers;
}

async function statistics(golden: GoldenCase, weights: ParameterSource): Promise<Record<string, Numbers>> {
  const [given] = rowsOf(golden.input("latents"));
  const latents = input("latents", (given as Numbers).shape);
  const turned = (value: typeof latents) => ops.transpose(value, [0, 2, 1]);
  const source = graph("statistics", [latents], {
    unnormalised: turned(unnormalised(turned(latents))),
    normalised: turned(normalised(turned(latents))),
  });
  return withGraph(source, weights, (run) => run({ latents: given as Numbers }));
}

const rowsOf = ({ shape, data }: Numbers): readonly Numbers[] => {
  const each = data.length / (shape[0] as number);
  return Array.from({ length: shape[0] as number }, (_, row) => ({
    shape: [1, ...shape.slice(1)],
    data: Float32Array.from(data.slice(row * each, (row + 1) * each)),
  }));
};

const backwards = ({ shape, data }: Numbers): Numbers => {
  const [, rows, width] = shape as readonly [number, number, number];
  const turned = new Float32Array(data.length);
  for (let row = 0; row < rows; row++) turned.set(data.slice((rows - 1 - row) * width, (rows - row) * width), row * width);
  return { shape, data: turned };
};
