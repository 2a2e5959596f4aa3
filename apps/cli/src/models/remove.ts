/** `foley models remove`: out of the cache, or off the list. */

import { FoleyError } from "@foley-control/core";
import { namedModel } from "@foley-control/models";
import { findHeld, type Held, readAdditions, writeAdditions } from "@foley-control/models/node";
import { hubSettings, planRemoval } from "@foley-control/weights/node";
import { type Io, UsageError } from "../io.js";
import { bytesText, printJson } from "../terminal/print.js";
import type { CommonFlags } from "./show.js";

/** `foley models remove`. */
export async function removeModel(name: string, flags: CommonFlags & { readonly yes?: boolean }, io: Io): Promise<void> {
  if (namedModel(name) !== undefined)
    throw new UsageError(
      `${name} shares files with others. Remove ${(await findHeld(name, { env: io.env })).map(({ id }) => id).join(", ")} as they are.`,
    );
  const held = await findHeld(name, { env: io.env });
  const [first] = held as [Held];
  if (first.cached === undefined) {
    if (first.addition === undefined) {
      throw new FoleyError("not-found", `${first.id} is not on the list; foley deletes no files of yours.`, {
        hint: "The list is shown by: foley models list",
      });
    }
    await ask(`Take ${held.map(({ id }) => id).join(", ")} off the list? The files stay.`, flags, io);
    const paths = held.map(({ id }) => id);
    const others = (await readAdditions(io.env)).filter(({ path }) => !paths.includes(path));
    await writeAdditions(others, io.env);
    if (flags.json) return printJson(io, { removed: [], bytes: 0, unlisted: paths });
    return io.out(`${paths.map((path) => `${path} is off the list; the files are where they were.`).join("\n")}\n`);
  }
  const { model, revision } = first.cached;
  const removal = await planRemoval(hubSettings(io.env), model, name.includes("@") ? revision.commit : undefined);
  await ask(
    `Delete ${bytesText(removal.bytes)} in\n${removal.paths.map((path) => `  ${path}`).join("\n")}\nOther programs that use the cache lose it too. Go on?`,
    flags,
    io,
  );
  await removal.run();
  if (flags.json) return printJson(io, { removed: removal.paths, bytes: removal.bytes, unlisted: [] });
  io.out(`${bytesText(removal.bytes)} are free again.\n`);
}

async function ask(question: string, flags: { readonly yes?: boolean }, io: Io): Promise<void> {
  if (flags.yes) return;
  if (io.confirm === undefined) throw new UsageError("Nobody is here to be asked; say --yes.");
  if (!(await io.confirm(question))) throw new FoleyError("unsupported", "Nothing was removed.");
}
