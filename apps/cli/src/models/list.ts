/** `foley models list`: what is here, and what could be added. */

import { KNOWN_MODELS, NAMED_MODELS } from "@foley-control/models";
import { additionsPath, type Held, heldModels } from "@foley-control/models/node";
import { hubSettings } from "@foley-control/weights/node";
import type { Io } from "../io.js";
import { bytesText, printJson } from "../terminal/print.js";
import { painter } from "../terminal/style.js";
import { type CommonFlags, columns, heldJson, sum } from "./show.js";

/** `foley models list`. */
export async function listModels(flags: CommonFlags & { readonly all?: boolean }, io: Io): Promise<void> {
  const settings = hubSettings(io.env);
  const held = await heldModels({ env: io.env });
  const isOurs = ({ known, addition }: Held): boolean => known !== undefined || addition !== undefined;
  const shown = flags.all ? held : held.filter(isOurs);
  const absent = KNOWN_MODELS.filter(({ id }) => !held.some(({ known }) => known?.id === id));
  if (flags.json) {
    const available = absent.map(({ id, title, kind, licence, gated, page, url }) => ({
      id,
      title,
      kind,
      licence,
      gated,
      page,
      url,
    }));
    const named = NAMED_MODELS.map(({ name, title, kind, licence, nonCommercial, page, bytes, parts }) => ({
      name,
      title,
      kind,
      licence,
      nonCommercial,
      page,
      bytes,
      repositories: parts.map(({ repository }) => repository),
    }));
    return printJson(io, { cache: settings.cache, list: additionsPath(io.env), models: shown.map(heldJson), available, named });
  }
  const paint = painter(io.outIsTerminal, io.env);
  if (shown.length > 0) {
    const rows = shown.map((each) => [
      each.id,
      each.known?.kind ?? "-",
      each.revision || "yours",
      bytesText(sum(each.files)),
      each.missing.length === 0 ? "complete" : `lacks ${each.missing.join(", ")}`,
    ]);
    io.out(columns(rows));
  } else io.out("No models of the kinds that foley reads are here yet.\n");
  const others = held.length - held.filter(isOurs).length;
  if (others > 0 && !flags.all) io.out(paint(`${others} more in the cache that foley does not know (--all)\n`, "dim"));
  if (absent.length > 0) {
    io.out(`\n${paint("Not here", "bold")}\n`);
    io.out(
      columns(
        absent.map(({ id, kind, title, gated, url }) => [`  ${id}`, kind, title, url ?? (gated ? "conditions to accept" : "")]),
      ),
    );
  }
  io.out(`\n${paint("By one word", "bold")}\n`);
  io.out(
    columns(
      NAMED_MODELS.map(({ name, kind, title, bytes, nonCommercial }) => [
        `  ${name}`,
        kind,
        title,
        `${bytesText(bytes)}${nonCommercial ? ", non-commercial use only" : ""}`,
      ]),
    ),
  );
  io.out(`\nCache: ${settings.cache}\n`);
}
