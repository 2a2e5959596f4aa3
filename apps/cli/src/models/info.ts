/** `foley models info`: what files of weights say of themselves. */

import { findHeld, isWeights } from "@foley-control/models/node";
import { summariseWeights } from "@foley-control/weights/node";
import type { Io } from "../io.js";
import { bytesText, printJson } from "../terminal/print.js";
import { painter } from "../terminal/style.js";
import { type CommonFlags, columns, heldJson, sum } from "./show.js";

/** `foley models info`. */
export async function modelInfo(name: string, flags: CommonFlags, io: Io): Promise<void> {
  const held = await findHeld(name, { env: io.env });
  const models = [];
  for (const model of held) {
    const weights = [];
    for (const file of model.files)
      if (isWeights(file.name) && file.size > 0)
        weights.push({ file: file.name, ...(await summariseWeights(file.path, model.known?.parts)) });
    models.push({ ...model, weights });
  }
  if (flags.json) {
    return printJson(io, {
      models: models.map((model) => ({
        ...heldJson(model),
        licence: model.known?.licence ?? null,
        page: model.known?.page ?? null,
        weights: model.weights,
      })),
    });
  }
  const paint = painter(io.outIsTerminal, io.env);
  for (const model of models) {
    const { known } = model;
    io.out(`${paint(model.id, "bold")}\n`);
    const rows = [
      ["  what", known === undefined ? "not a model that foley knows" : `${known.title}, ${known.kind}`],
      ["  licence", known === undefined ? "unknown: see where it is from" : `${known.licence}; ${known.page}`],
      ...(model.cached ? [["  revision", `${model.revision}, commit ${model.cached.revision.commit}`]] : []),
      ["  folder", model.folder],
      ["  size", bytesText(sum(model.files))],
      ...(model.missing.length > 0 ? [["  lacks", model.missing.join(", ")]] : []),
    ];
    io.out(columns(rows));
    for (const { file, format, total, parts } of model.weights) {
      const row = (label: string, part: typeof total): string[] => [
        label,
        `${(part.parameters / 1e6).toFixed(2)} million parameters`,
        `${part.tensors} tensors`,
        part.precision.join(", "),
        bytesText(part.bytes),
      ];
      io.out(columns([row(`  ${file} (${format})`, total), ...parts.map((part) => row(`    ${part.name}`, part))]));
    }
  }
}
