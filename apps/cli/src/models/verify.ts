/** `foley models verify`: everything read again and compared with its digests. */
import { FoleyError } from "@foley-control/core";
import { checkWeights, hubSettings, summariseWeights, verifyCachedRevision } from "@foley-control/weights/node";
import type { Io } from "../io.js";
import { createProgress } from "../terminal/progress.js";
import { painter } from "../terminal/style.js";
import { digests } from "./digests.js";
import { findHeld, type Held, heldModels } from "./held.js";
import { type HeldFile, isWeights } from "./local.js";
import { type CommonFlags, json } from "./show.js";

/** What was found out about one file. */
interface Finding {
  readonly model: string;
  readonly file: string;
  readonly state: "ok" | "wrong" | "unknown";
  readonly detail: string;
}

/** `foley models verify`. */
export async function verifyModels(
  name: string | undefined,
  flags: CommonFlags & { readonly deep?: boolean },
  io: Io,
): Promise<void> {
  const settings = hubSettings(io.env);
  const held =
    name === undefined
      ? (await heldModels(settings, io)).filter(({ known, addition }) => known ?? addition)
      : await findHeld(name, settings, io);
  const progress = createProgress(io, flags.quiet === true);
  const findings: Finding[] = [];
  try {
    for (const model of held) {
      findings.push(...model.missing.map((file) => ({ model: model.id, file, state: "wrong" as const, detail: "is missing" })));
      for (const finding of await compareDigests(model, flags, io)) {
        const file = model.files.find((each) => each.name === finding.file);
        const readable = finding.state === "wrong" || file === undefined || !isWeights(file.name);
        const broken = readable ? undefined : await problemOf(file, model, flags, io);
        findings.push(broken === undefined ? finding : { ...finding, state: "wrong", detail: broken });
      }
    }
  } finally {
    progress.end();
  }
  const wrong = findings.filter(({ state }) => state === "wrong");
  if (flags.json) json(io, { ok: wrong.length === 0, findings });
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

async function compareDigests(model: Held, flags: CommonFlags, io: Io): Promise<readonly Finding[]> {
  if (model.cached !== undefined) {
    const progress = createProgress(io, flags.quiet === true);
    const verified = await verifyCachedRevision(model.cached.model, model.cached.revision, {
      signal: io.signal,
      onProgress(event) {
        if (event.type === "read-progress") progress.say(`reading ${event.part}`, event.done / (event.total ?? 1));
      },
    }).finally(() => progress.end());
    return verified.map(({ name, state, expected, found }) => {
      const detail =
        state === "ok"
          ? `digest ${found} as named`
          : state === "wrong"
            ? `digest ${found}, named ${expected}`
            : "its name is no digest";
      return { model: model.id, file: name, state, detail };
    });
  }
  const present = model.files.filter(({ name }) => !model.missing.includes(name));
  const found = await digests(present, flags, io);
  return found.map(({ name, size, sha256 }) => {
    const then = model.addition?.files.find((file) => file.name === name);
    if (then === undefined) return { model: model.id, file: name, state: "unknown", detail: `digest ${sha256}, none was noted` };
    const same = then.sha256 === sha256 && then.size === size;
    const detail = same ? `digest ${sha256} as noted` : `digest ${sha256}, noted was ${then.sha256}`;
    return { model: model.id, file: name, state: same ? "ok" : "wrong", detail };
  });
}

/** What is wrong with a file of weights by its header and, when asked for, by its numbers. */
async function problemOf(
  file: HeldFile,
  model: Held,
  flags: CommonFlags & { readonly deep?: boolean },
  io: Io,
): Promise<string | undefined> {
  const progress = createProgress(io, flags.quiet === true);
  try {
    await summariseWeights(file.path, model.known?.parts);
    if (!flags.deep) return undefined;
    await checkWeights(file.path, {
      signal: io.signal,
      onProgress(event) {
        if (event.type === "read-progress") progress.say(`looking for NaN in ${file.name}`, event.done / (event.total ?? 1));
      },
    });
    return undefined;
  } catch (error) {
    if (!FoleyError.isInstance(error)) throw error;
    return error.message;
  } finally {
    progress.end();
  }
}
