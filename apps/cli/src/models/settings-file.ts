/** Small JSON files in the folder for settings, replaced whole. */
import { mkdir, rename, rm, writeFile } from "node:fs/promises";
import { homedir } from "node:os";
import { dirname, join } from "node:path";
import { FoleyError } from "@foley-control/core";
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
export async function writeSettings(path: string, value: unknown): Promise<void> {
  const beside = `${path}.${process.pid}.part`;
  try {
    await mkdir(dirname(path), { recursive: true });
    await writeFile(beside, `${JSON.stringify(value, null, 2)}\n`, { flag: "wx" });
    await rename(beside, path);
  } catch (cause) {
    await rm(beside, { force: true }).catch(() => undefined);
    throw new FoleyError("not-writable", `Cannot write ${path} (${(cause as NodeJS.ErrnoException).code}).`, {
      hint: "Choose another folder with FOLEY_CONFIG_DIR.",
      cause,
    });
  }
}
