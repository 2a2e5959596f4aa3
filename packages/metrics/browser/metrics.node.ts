/** Node's side of `metrics.ts`. */
import { nodeRuntime } from "@foley-control/runtime/node";
import { distances as computed, evaluation } from "./support/evaluation.js";

export const distances = async (): Promise<object> => computed();

export async function evaluationOfSounds(): Promise<object> {
  await using runtime = nodeRuntime({ device: "cpu", threads: 1, worker: false });
  return await evaluation(runtime);
}
