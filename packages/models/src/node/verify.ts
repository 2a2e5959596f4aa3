/** Models read again and compared with their digests. */
import { FoleyError } from "@foley-control/core";
import { checkWeights, summariseWeights, verifyCachedRevision } from "@foley-control/weights/node";
import { digestsOf } from "./digests.js";
import type { Held } from "./held.js";
import { type HeldFile, isWeights } from "./local.js";
import type { ModelOptions } from "./options.js";

/** What was found out about one file. */
export interface Finding {
  /** Id of the model. */
  readonly model: string;
  /** Name of the file. */
  readonly file: string;
  /** `unknown`: it has no digest to compare with. */
  readonly state: "ok" | "wrong" | "unknown";
  /** Why, for people. */
  readonly detail: string;
}

/** Options of {@link verifyModel}. */
export interface VerifyOptions extends ModelOptions {
  /** Also look for NaN in every weight. Default false. */
  readonly deep?: boolean | undefined;
}

/** Reads every file of a model again: whether it is there, has the digest that was named or noted, and can be read as weights. */
export async function verifyModel(model: Held, options: VerifyOptions = {}): Promise<readonly Finding[]> {
  const findings: Finding[] = model.missing.map((file) => ({ model: model.id, file, state: "wrong", detail: "is missing" }));
  for (const finding of await compareDigests(model, options)) {
    const file = model.files.find((each) => each.name === finding.file);
    const broken = finding.state !== "wrong" && file && isWeights(file.name) && (await problemOf(file, model, options));
    findings.push(broken ? { ...finding, state: "wrong", detail: broken } : finding);
  }
  return findings;
}

async function compareDigests(model: Held, options: ModelOptions): Promise<readonly Finding[]> {
  if (model.cached !== undefined) {
    const verified = await verifyCachedRevision(model.cached.model, model.cached.revision, options);
    return verified.map(({ name, state, expected, found }) => {
      const details = {
        ok: `digest ${found} as named`,
        wrong: `digest ${found}, named ${expected}`,
        unknown: "its name is no digest",
      };
      return { model: model.id, file: name, state, detail: details[state] };
    });
  }
  const present = model.files.filter(({ name }) => !model.missing.includes(name));
  const found = await digestsOf(present, options);
  return found.map(({ name, size, sha256 }) => {
    const then = model.addition?.files.find((file) => file.name === name);
    if (then === undefined) return { model: model.id, file: name, state: "unknown", detail: `digest ${sha256}, none was noted` };
    const same = then.sha256 === sha256 && then.size === size;
    const detail = same ? `digest ${sha256} as noted` : `digest ${sha256}, noted was ${then.sha256}`;
    return { model: model.id, file: name, state: same ? "ok" : "wrong", detail };
  });
}

/** What is wrong with a file of weights by its header and, when asked for, by its numbers. */
async function problemOf(file: HeldFile, model: Held, { deep, ...options }: VerifyOptions): Promise<string | undefined> {
  try {
    await summariseWeights(file.path, model.known?.parts);
    if (deep) await checkWeights(file.path, options);
    return undefined;
  } catch (error) {
    if (!FoleyError.isInstance(error)) throw error;
    return error.message;
  }
}
