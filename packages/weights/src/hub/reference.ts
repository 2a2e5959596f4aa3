/** What a person writes for a model: a path on this machine, or `org/name@revision` on the hub. */
import { existsSync } from "node:fs";
import { homedir } from "node:os";
import { join, resolve } from "node:path";
import { assertKind, FoleyError } from "@foley-control/core";

/** A model on this machine, or one of the hub. */
export type ModelReference =
  | { readonly kind: "path"; readonly path: string }
  | { readonly kind: "hub"; readonly repository: string; readonly revision: string };

/** The revision that is meant when none is named. */
const DEFAULT_REVISION = "main";

/** One half of `org/name`, by the hub's own rules: letters, digits, `.`, `_`, `-`; no `--` (it separates folder names), no `..`. */
const namePart = /^(?!.*(?:--|\.\.))[A-Za-z0-9_](?:[\w.-]{0,94}[A-Za-z0-9_])?$/;

/**
 * Reads a model reference. What exists on disk, and what looks like a path (`./…`, `/…`, `~/…`, `C:\…`), is a path; the rest must be
 * `org/name` or `org/name@revision`, where the revision is a branch, a tag or a commit.
 *
 * @param text - what was written
 * @throws FoleyError `invalid-argument` when it is neither
 * @example
 * ```ts
 * parseModelReference("facebook/vjepa2-vitl-fpc64-256"); // { kind: "hub", repository: "facebook/vjepa2-vitl-fpc64-256", revision: "main" }
 * parseModelReference("./my-weights"); // { kind: "path", path: "/home/me/my-weights" }
 * ```
 */
export function parseModelReference(text: string): ModelReference {
  assertKind("text", text, "text", "Pass org/name, org/name@revision, or a path.");
  if (text === "" || text.includes("\0")) throw badReference(text);
  if (text === "~" || /^~[\\/]/.test(text)) return { kind: "path", path: join(homedir(), text.slice(1)) };
  if (/^(?:\.{1,2}(?:[\\/]|$)|[\\/]|[A-Za-z]:[\\/])/.test(text) || existsSync(text)) return { kind: "path", path: resolve(text) };
  const at = text.indexOf("@");
  const repository = at < 0 ? text : text.slice(0, at);
  const revision = at < 0 ? DEFAULT_REVISION : text.slice(at + 1);
  if (!isRepository(repository) || !isRevision(revision)) throw badReference(text);
  return { kind: "hub", repository, revision };
}

/** Whether a text is `org/name` by the hub's rules, and so safe as the name of a folder. */
export function isRepository(text: string): boolean {
  const parts = text.split("/");
  return parts.length === 2 && parts.every((part) => namePart.test(part)) && !text.endsWith(".git");
}

/** Whether a text can be a branch, a tag or a commit, and is safe as a path below `refs`. */
export function isRevision(text: string): boolean {
  return text.length <= 200 && text.split("/").every((part) => /^[\w+=-][\w.+=-]*$/.test(part) && !part.includes(".."));
}

function badReference(text: string): FoleyError {
  return new FoleyError("invalid-argument", `"${text}" is neither a file or folder here nor a model of the hub.`, {
    hint: "Give a path, or org/name or org/name@revision, for example facebook/vjepa2-vitl-fpc64-256@main.",
  });
}
