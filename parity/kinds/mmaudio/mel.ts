/** What MMAudio hears when sound is encoded: its mel spectrograms, and their filters. */
import { MEL_MODES, melBasis, melOf } from "@foley-control/audio-backbone";
import { memoryParameters } from "@foley-control/core";
import { type Comparison, compareAll, type GoldenCase, type Numbers } from "@foley-control/golden";
import { graph, input } from "@foley-control/graph";
import { withGraph } from "../../runtime.js";

/** Whether a case is of this kind. */
export const isMmaudioMel = ({ file }: GoldenCase): boolean => Array.isArray(file.config?.mel);

const MODES = { "16k": MEL_MODES[16_000], "44k": MEL_MODES[44_100] } as const;

/** Both modes. */
export async function checkMmaudioMel(golden: GoldenCase): Promise<readonly Comparison[]> {
  const computed: Record<string, Numbers> = {};
  for (const mode of golden.file.config.mel as readonly (keyof typeof MODES)[]) {
    const wave = golden.input(`wave.${mode}`);
    const sound = input("sound", [wave.shape[0] as number, 1, wave.shape[1] as number]);
    const { bands, size } = MODES[mode];
    computed[`basis.${mode}`] = { shape: [bands, size / 2 + 1], data: melBasis(MODES[mode]) as Float32Array<ArrayBuffer> };
    const source = graph("mel", [sound], { mel: melOf(sound, MODES[mode]) });
    const found = await withGraph(source, memoryParameters({}), (run) => run({ sound: { shape: sound.shape, data: wave.data } }));
    computed[`mel.${mode}`] = found["mel"] as Numbers;
  }
  return compareAll(golden, computed);
}
