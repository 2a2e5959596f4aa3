/** `foley models verify`: everything read again and compared with its digests. */

import { FoleyError } from "@foley-control/core";
import { type Finding, findHeld, heldModels, verifyModel } from "@foley-control/models/node";
import type { Io } from "../io.js";
import { printJson } from "../terminal/print.js";
import { painter } from "../terminal/style.js";
import type { CommonFlags } from "./show.js";
import { withModels } from "./with-models.js";

/** `foley models verify`. */
export async function verifyModels(
  name: string | undefined,
  flags: CommonFlags & { readonly deep?: boolean },
  io: Io,
): Promise<void> {
  const findings = await withModels(flags, io, async (options) => {
    const held =
      name === undefined
        ? (await heldModels(options)).filter(({ known, addition }) => known ?? addition)
        : await findHeld(name, options);
    const found: Finding[] = [];
    for (const model of held) found.push(...(await verifyModel(model, { ...options, deep: flags.deep })));
    return found;
  });
  const wrong = findings.filter(({ state }) => state === "wrong");
  if (flags.json) printJson(io, { ok: wrong.length === 0, findings });
  else {
    const paint = painter(io.outIsTerminal, io.env);
    const mark = { ok: paint("ok     ", "green"), wrong: paint("WRONG  ", "red"), unknown: paint("unknown", "yellow") };
    for (const { model, file, state, detail } of findings) io.out(`${mark[state]}  ${model}  ${file}: ${detail}\n`);
    if (findings.length === 0) io.out("There is nothing to verify.\n");
  }
  if (wrong.length > 0) {
    throw new FoleyError("bad-file", `${wrong.length} of ${findings.length} files are not what they should be.`, {
      hint: "Remove the model and add it again.",
    });
  }
}
