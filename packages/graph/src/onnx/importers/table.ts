/** Importers by domain and op type. */
import type { Importer } from "../read-node.js";
import { activationImporters } from "./activations.js";
import { arithmeticImporters } from "./arithmetic.js";
import { attentionImporters } from "./attention.js";
import { convolutionImporters } from "./convolutions.js";
import { einsumImporters } from "./einsum.js";
import { gridImporters } from "./grid.js";
import { indexingImporters } from "./indexing.js";
import { layoutImporters } from "./layout.js";
import { lossImporters } from "./losses.js";
import { microsoftImporters } from "./microsoft.js";
import { normalisationImporters } from "./normalisations.js";
import { quantisedImporters } from "./quantised.js";
import { recurrentImporters } from "./recurrent.js";
import { reductionImporters } from "./reductions.js";
import { resizeImporters } from "./resize.js";
import { signalImporters } from "./signal.js";

/** Op sets of the standard domain that are read. */
export const ONNX_OPSETS_READ: readonly [number, number] = [7, 28];

// Marked as free of effects: a page that reads no ONNX leaves all of it out.
const standard: Readonly<Record<string, Importer>> = /* @__PURE__ */ (() => ({
  ...activationImporters,
  ...arithmeticImporters,
  ...attentionImporters,
  ...convolutionImporters,
  ...einsumImporters,
  ...gridImporters,
  ...indexingImporters,
  ...layoutImporters,
  ...lossImporters,
  ...normalisationImporters,
  ...quantisedImporters,
  ...recurrentImporters,
  ...reductionImporters,
  ...resizeImporters,
  ...signalImporters,
}))();

/** Whether a domain is the standard's. */
export const isStandard = (domain: string): boolean => domain === "" || domain === "ai.onnx";

/** What translates an op. The domain decides what a name means: rotary positions have other inputs in each. */
export function importerOf(domain: string, op: string): Importer | undefined {
  const table = isStandard(domain) ? standard : domain === "com.microsoft" ? microsoftImporters : undefined;
  return table && Object.hasOwn(table, op) ? table[op] : undefined;
}

/** Names of all ops that are read, those of other domains with their domain. */
export const opsRead = (): readonly string[] => [
  ...[...Object.keys(standard), "If"].sort(),
  ...Object.keys(microsoftImporters)
    .map((name) => `com.microsoft.${name}`)
    .sort(),
];
