/** What a prompt and the seconds become: the context, its mask, and the global conditioning, through the files of a release. */

import { existsSync, readdirSync } from "node:fs";
import { join } from "node:path";
import { stableAudioOpen } from "@foley-control/audio-backbone/node";
import type { AudioBackbone, PlainTensor } from "@foley-control/core";
import { type Comparison, compareAll, type GoldenCase, type Numbers } from "@foley-control/golden";
import { besideCase } from "@foley-control/golden/node";
import { withGraph } from "../runtime.js";

/** A prompt with its numbers. */
export interface Item {
  /** The text. */
  readonly prompt: string;
  /** Where the clip begins. */
  readonly seconds_start?: number;
  /** How long it is. */
  readonly seconds_total: number;
}

/** Whether a case is of this kind. */
export const isConditioning = ({ file }: GoldenCase): boolean => "cross_attn_cond" in (file.outputs ?? {});

/** Every output of the case. */
export async function checkConditioning(golden: GoldenCase): Promise<readonly Comparison[]> {
  const { config } = golden.file;
  const backbone = await openBackbone(golden);
  const { context, global, mask } = await conditioned(backbone, config.items);
  const computed: Record<string, Numbers> = {
    cross_attn_cond: context,
    // The text encoder of the reference computes in float16 there.
    cross_attn_cond_fp16: context,
    cross_attn_mask: withNumbers(mask, context.shape[1] as number),
    global_cond: global,
  };
  // Tokens of numbers alone: they are the context's last rows and, side by side, the global conditioning.
  const seconds = config.seconds as readonly number[] | undefined;
  if (seconds) {
    const items = seconds.map((value) => ({ prompt: "", seconds_start: value, seconds_total: value }));
    const { global: both } = await conditioned(backbone, items);
    const ids = Object.keys(golden.file.outputs).filter((name) => name.startsWith("seconds_"));
    const width = (both.shape[1] as number) / ids.length;
    ids.sort().forEach((id, i) => {
      const data = Float64Array.from({ length: seconds.length * width }, (_, j) => {
        const row = Math.floor(j / width);
        return both.data[row * width * ids.length + i * width + (j % width)] as number;
      });
      computed[id] = { shape: [seconds.length, 1, width], data };
    });
  }
  return compareAll(golden, computed);
}

/** The release in the folder that a case names; its T5 lies where the case says, or in a folder of its own inside. */
export function openBackbone(golden: GoldenCase): Promise<AudioBackbone> {
  const { folder, t5 } = golden.file.config;
  const release = besideCase(golden, folder);
  const inside = () => readdirSync(release).find((name) => existsSync(join(release, name, "tokenizer.json")));
  return stableAudioOpen(release, { t5: besideCase(golden, t5 ?? `${folder}/${inside()}`) });
}

/** Context and global conditioning of several items at once. */
export async function conditioned(
  { text, conditionGraph, weights }: AudioBackbone,
  items: readonly Item[],
): Promise<{ readonly context: Numbers; readonly global: Numbers; readonly mask: Numbers }> {
  const batch = items.length;
  const ids = new BigInt64Array(batch * text.length);
  const mask = new Float32Array(batch * text.length);
  items.forEach(({ prompt }, row) => {
    const tokenised = text.tokenise(prompt);
    ids.set(tokenised.ids, row * text.length);
    mask.set(tokenised.mask, row * text.length);
  });
  const feeds = {
    ids: { dtype: "int64", shape: [batch, text.length], data: ids } satisfies PlainTensor,
    mask: { dtype: "float32", shape: [batch, text.length], data: mask } satisfies PlainTensor,
  };
  const { tokens } = await withGraph(text.graph({ batch }), text.weights, (run) => run(feeds));
  const seconds = (of: (item: Item) => number): Numbers => ({ shape: [batch], data: Float32Array.from(items, of) });
  const made = await withGraph(conditionGraph({ frames: 1, batch }), weights, (run) =>
    run({
      tokens: tokens as Numbers,
      textKept: seconds(() => 1),
      secondsStart: seconds((item) => item.seconds_start ?? 0),
      secondsTotal: seconds((item) => item.seconds_total),
    }),
  );
  return {
    context: made["context"] as Numbers,
    global: made["global"] as Numbers,
    mask: { shape: [batch, text.length], data: mask },
  };
}

/** The mask over the context: rows of numbers are always real. */
function withNumbers({ shape, data }: Numbers, rows: number): Numbers {
  const [batch, length] = shape as readonly [number, number];
  const whole = new Float32Array(batch * rows).fill(1);
  for (let row = 0; row < batch; row++) whole.set(data.subarray(row * length, (row + 1) * length), row * rows);
  return { shape: [batch, rows], data: whole };
}
