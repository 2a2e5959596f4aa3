/** A text and a duration → what the denoiser is conditioned on. "No text" is a context of zeros. */
import type { AudioBackbone, PlainTensor } from "@foley-control/core";
import { type Executables, type Lease, leaseAll } from "./executables.js";

/** Conditioning of one row. */
export interface Condition {
  /** [1, rows, width]. */
  readonly context: PlainTensor<"float32">;
  /** [1, width]. */
  readonly global: PlainTensor<"float32">;
}

/** Encodes one text. An empty one, or one without words, gives the context of zeros that the denoiser was trained with. */
export async function encodeText(
  executables: Executables,
  backbone: AudioBackbone,
  text: string,
  seconds: number,
  signal: AbortSignal | undefined,
): Promise<Condition> {
  const leases = await loadTextEncoder(executables, backbone);
  using encoder = leases[0];
  using condition = leases[1];
  const { ids, mask } = backbone.text.tokenise(text);
  const { length } = backbone.text;
  const { tokens } = await encoder.executable.run(
    { ids: { dtype: "int64", shape: [1, length], data: ids }, mask: { dtype: "float32", shape: [1, length], data: mask } },
    { signal },
  );
  const outputs = await condition.executable.run(
    {
      ...usedInputs(backbone, { secondsStart: 0, secondsTotal: seconds }),
      tokens: tokens as PlainTensor<"float32">,
    },
    { signal },
  );
  const context = outputs["context"] as PlainTensor<"float32">;
  const global = outputs["global"] as PlainTensor<"float32">;
  // T5 closes even an empty text with a token, so that the mask alone does not tell.
  const silent = text.trim() === "" || mask.every((value) => value === 0);
  return { context: silent ? { ...context, data: new Float32Array(context.data.length) } : context, global };
}

/** Loads what turns a text into conditioning; give it back. */
export function loadTextEncoder(executables: Executables, backbone: AudioBackbone): Promise<readonly [Lease, Lease]> {
  return leaseAll([
    executables.lease("text-encoder", () => backbone.text.graph(), backbone.text.weights),
    executables.lease("condition", () => backbone.conditionGraph(), backbone.weights),
  ]);
}

function usedInputs(backbone: AudioBackbone, numbers: Readonly<Record<string, number>>): Record<string, PlainTensor<"float32">> {
  const known = new Set(backbone.conditionGraph().inputs.map(({ name }) => name));
  return Object.fromEntries(
    Object.entries(numbers).flatMap(([name, value]) =>
      known.has(name) ? [[name, { dtype: "float32", shape: [1], data: Float32Array.of(value) }]] : [],
    ),
  );
}
