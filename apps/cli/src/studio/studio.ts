/** `foley studio`: the studio in the browser of this machine, with a video opened in it when one is given. */
import { spawn } from "node:child_process";
import { existsSync } from "node:fs";
import { stat } from "node:fs/promises";
import { createRequire } from "node:module";
import { basename, dirname, join, resolve } from "node:path";
import { FoleyError } from "@foley-control/core";
import type { Io } from "../io.js";
import { printJson } from "../terminal/print.js";
import { type StudioServer, serveStudio } from "./server.js";

/** Flags of the command. */
export interface StudioFlags {
  readonly port: number;
  readonly host: string;
  readonly open: boolean;
  readonly json?: boolean;
}

/** The folder that the studio was built into; it is a package of its own. */
function builtStudio(): string {
  const site = join(dirname(createRequire(import.meta.url).resolve("@foley-control/web/package.json")), "dist");
  if (existsSync(join(site, "index.html"))) return site;
  throw new FoleyError("missing-dependency", `The studio is not built: there is no ${join(site, "index.html")}.`, {
    hint: 'In a checkout, "npm run studio" builds and serves it.',
  });
}

/** Serves until it is stopped. */
export async function studio(video: string | undefined, flags: StudioFlags, io: Io): Promise<void> {
  const site = builtStudio();
  const path = video === undefined ? undefined : resolve(video);
  if (path !== undefined && !(await stat(path).catch(() => undefined))?.isFile()) {
    throw new FoleyError("not-found", `There is no file ${path}.`, { hint: "Give the path of a video, or none." });
  }
  const given = path === undefined ? undefined : { path, name: basename(path) };
  const server = await serveStudio({ site, video: given, host: flags.host, port: flags.port });
  try {
    const address = `${server.origin}/${given ? `?video=${encodeURIComponent(given.name)}` : ""}`;
    say(address, server, flags, io);
    if (flags.open) openBrowser(address);
    await new Promise<void>((done) => {
      if (io.signal.aborted) done();
      else io.signal.addEventListener("abort", () => done(), { once: true });
    });
  } finally {
    await server.stop();
  }
}

function say(address: string, server: StudioServer, { json, host }: StudioFlags, io: Io): void {
  if (json) {
    printJson(io, { address, origin: server.origin });
    return;
  }
  io.out(`The studio: ${address}\n`);
  if (!["127.0.0.1", "localhost", "::1"].includes(host))
    io.err("Note: Others can reach this address. Browsers allow threads and storage only at 127.0.0.1 or over https.\n");
  io.err("Ctrl-C ends it. Videos are read by the browser and go nowhere.\n");
}

/** Opens the browser of this machine where there is a way; the address is printed in any case. */
function openBrowser(address: string): void {
  const [command, ...args] =
    process.platform === "darwin"
      ? ["open", address]
      : process.platform === "win32"
        ? ["cmd", "/c", "start", "", address]
        : ["xdg-open", address];
  const child = spawn(command as string, args, { stdio: "ignore", detached: true });
  child.on("error", () => undefined);
  child.unref();
}
