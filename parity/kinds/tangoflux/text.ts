/** The text of TangoFlux: ids, states, those of the empty text padded to a prompt's length, means, and rows of durations. */
import { type Comparison, compare, compareAll, type GoldenCase, type Numbers, numbers } from "@foley-control/golden";
import { readText, releaseOf } from "./release.js";

/** Whether a case is of this kind. */
export const isTangofluxText = ({ file }: GoldenCase): boolean =>
  Array.isArray(file.config?.durations) && "pooled_empty.0" in (file.outputs ?? {});

/** Every output of the case. */
export async function checkTangofluxText(golden: GoldenCase): Promise<readonly Comparison[]> {
  const backbone = await releaseOf(golden);
  const { prompts, durations } = golden.file.config;
  const listed = golden.file["ids"] as Readonly<Record<string, readonly number[]>>;
  const computed: Record<string, Numbers> = {};
  const comparisons: Comparison[] = [];
  for (const [index, prompt] of (prompts as readonly string[]).entries()) {
    const rows = backbone.text.rowsFor?.([prompt, ""]) as number;
    const [wanted, empty] = [await readText(backbone, prompt, rows, 1), await readText(backbone, "", rows, 1)];
    const expected = numbers(Float64Array.from(listed[index] ?? []));
    comparisons.push(
      compare(`ids of text ${index}`, numbers(Float64Array.from(wanted.ids.data, Number)), expected, { maxAbs: 0 }),
    );
    computed[`tokens.${index}`] = wanted.tokens as Numbers;
    computed[`empty.${index}`] = empty.tokens as Numbers;
    computed[`pooled.${index}`] = wanted.pooled as Numbers;
    computed[`pooled_empty.${index}`] = empty.pooled as Numbers;
  }
  const rows: number[] = [];
  for (const seconds of durations as readonly number[])
    rows.push(...(await readText(backbone, "", 1, seconds)).context.data.slice(-backbone.text.tokenWidth));
  computed["duration"] = { shape: [durations.length, 1, backbone.text.tokenWidth], data: Float32Array.from(rows) };
  return [...comparisons, ...compareAll(golden, computed)];
}
