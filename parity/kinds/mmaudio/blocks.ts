/** Blocks of MMAudio's transformer at released widths, and with faint values, which show the eps of both norms. */
import { fusedBlock, jointBlock, rowRotary } from "@foley-control/audio-backbone";
import { memoryParameters } from "@foley-control/core";
import { type Comparison, compareAll, formulaWeights, type GoldenCase } from "@foley-control/golden";
import { graph, input } from "@foley-control/graph";
import { withGraph } from "../../runtime.js";

/** Whether a case is of this kind. */
export const isMmaudioBlocks = ({ file }: GoldenCase): boolean =>
  file.config?.ropeScale !== undefined && "fused0" in (file.outputs ?? {});

/** Joint block 0, joint block 1, which is the last, and fused block 0. */
export async function checkMmaudioBlocks(golden: GoldenCase): Promise<readonly Comparison[]> {
  const { hidden, heads, ropeScale } = golden.file.config;
  const fed = Object.fromEntries(["latents", "clip", "text", "global", "extended"].map((name) => [name, golden.input(name)]));
  const values = Object.fromEntries(Object.entries(fed).map(([name, { shape }]) => [name, input(name, shape)]));
  const { latents, clip, text, global, extended } = values as Record<string, ReturnType<typeof input>>;
  if (!latents || !clip || !text || !global || !extended) throw new Error("an input is missing");
  const options = {
    heads,
    latentRotary: rowRotary(latents.shape[1] as number, hidden / heads),
    clipRotary: rowRotary(clip.shape[1] as number, hidden / heads, ropeScale),
  };
  const first = jointBlock({ latents, clip, text }, "joint_blocks.0", { global, extended }, { ...options, last: false });
  const second = jointBlock(first, "joint_blocks.1", { global, extended }, { ...options, last: true });
  const source = graph("blocks", Object.values(values), {
    "joint0.latents": first.latents,
    "joint0.clip": first.clip,
    "joint0.text": first.text,
    "joint1.latents": second.latents,
    fused0: fusedBlock(second.latents, "fused_blocks.0", extended, options),
  });
  return withGraph(source, memoryParameters(formulaWeights(golden.file)), async (run) => compareAll(golden, await run(fed)));
}
