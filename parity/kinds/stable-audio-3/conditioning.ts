/** What a prompt and the seconds become for Stable Audio 3, through the files of a release. */
import { expoFrequencies } from "@foley-control/audio-backbone";
import { stableAudio3 } from "@foley-control/audio-backbone/node";
import type { AudioBackbone, PlainTensor } from "@foley-control/core";
import { type Comparison, compareAll, type GoldenCase, type Numbers } from "@foley-control/golden";
import { besideCase } from "@foley-control/golden/node";
import { withGraph } from "../../runtime.js";
import type { Item } from "../conditioning.js";

/** Whether a case is of this kind. */
export const isStableAudio3Conditioning = ({ file }: GoldenCase): boolean =>
  "cross_attn_cond" in (file.outputs ?? {}) && "frequencies" in file.outputs;

/** Every output of the case. */
export async function checkStableAudio3Conditioning(golden: GoldenCase): Promise<readonly Comparison[]> {
  const { config, outputs } = golden.file;
  const backbone = await stableAudio3(besideCase(golden, config.folder));
  const found = await conditions(backbone, config.items);
  const seconds = (config.seconds as readonly number[]).map((value) => ({ prompt: "", seconds_total: value }));
  const { global: tokens } = await conditions(backbone, seconds);
  const count = (outputs["frequencies"]?.shape[0] ?? 0) as number;
  return compareAll(golden, {
    cross_attn_cond: found.context,
    global_cond: found.global,
    cross_attn_mask: found.mask,
    seconds_total: { shape: [seconds.length, 1, tokens.shape[1] as number], data: tokens.data },
    frequencies: { shape: [count], data: Float32Array.from(expoFrequencies(count)) },
  });
}

/** Context, its mask and global conditioning of several items at once; `away` for texts that guidance leads away from. */
export async function conditions(
  { text, conditionGraph, weights }: AudioBackbone,
  items: readonly Item[],
  { away = false, frames = 1 } = {},
): Promise<{ readonly context: Numbers; readonly global: Numbers; readonly mask: Numbers }> {
  const [batch, { length }] = [items.length, text];
  const [ids, mask] = [new BigInt64Array(batch * length), new Float32Array(batch * length)];
  for (const [row, { prompt }] of items.entries()) {
    const tokenised = text.tokenise(prompt);
    ids.set(tokenised.ids, row * length);
    mask.set(tokenised.mask, row * length);
  }
  const feeds = {
    ids: { dtype: "int64", shape: [batch, length], data: ids } satisfies PlainTensor,
    mask: { dtype: "float32", shape: [batch, length], data: mask } satisfies PlainTensor,
  };
  const { tokens } = await withGraph(text.graph({ batch }), text.weights, (run) => run(feeds));
  const each = (of: (item: Item) => number): Numbers => ({ shape: [batch], data: Float32Array.from(items, of) });
  const made = await withGraph(conditionGraph({ frames, batch }), weights, (run) =>
    run({
      tokens: tokens as Numbers,
      mask: feeds.mask,
      textKept: each(() => 1),
      textAway: each(() => (away ? 1 : 0)),
      secondsTotal: each((item) => item.seconds_total),
    }),
  );
  const context = made["context"] as Numbers;
  const rows = context.shape[1] as number;
  const whole = new Float32Array(batch * rows).fill(1);
  for (let row = 0; row < batch; row++) whole.set(mask.subarray(row * length, (row + 1) * length), row * rows);
  return { context, global: made["global"] as Numbers, mask: { shape: [batch, rows], data: whole } };
}
