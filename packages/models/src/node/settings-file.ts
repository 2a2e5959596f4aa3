/** Small JSON files in the folder for settings, replaced whole. */
import { homedir } from "node:os";
import { join } from "node:path";
import { writeJsonFile } from "@foley-control/files/node";
import type { Environment } from "@foley-control/weights/node";

/** Where such a file is: in `FOLEY_CONFIG_DIR`, else in `foley` in `XDG_CONFIG_HOME`, in `APPDATA` (Windows), or in `~/.config`. */
export function settingsPath(env: Environment, name: string): string {
  const own = env["FOLEY_CONFIG_DIR"];
  const base = env["XDG_CONFIG_HOME"] || (process.platform === "win32" && env["APPDATA"]) || join(homedir(), ".config");
  return join(own || join(base, "foley"), name);
}

/**
 * Replaces a file; a reader sees the old one or the new one.
 *
 * @throws FoleyError `not-writable`
 */
export const writeSettings = (path: string, value: unknown): Promise<void> =>
  writeJsonFile(path, value, { makeFolder: true, hint: "Choose another folder with FOLEY_CONFIG_DIR." });
