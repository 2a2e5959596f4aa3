/** Starts processes that read media, see `guest.ts`. */
import { fork } from "node:child_process";
import { fileURLToPath } from "node:url";
import { FoleyError } from "@foley-control/core";
import { crashed, endedBy, type Guest, type GuestRequest, livingGuest } from "../../apart/guest.js";
import { guestPool } from "../../apart/guest-pool.js";
import type { SourceName } from "../../read/problems.js";
import type { NodeBackend } from "../backend-name.js";
import { END_SIGNAL, WATCH_MARK } from "./slots.js";

/** What a process is asked to open. */
export interface OpenRequest extends GuestRequest {
  readonly backend: NodeBackend;
  /** Absolute; `undefined` for data in memory, which is then asked for. */
  readonly path: string | undefined;
}

/** Milliseconds that one has to end by itself. */
const ENDS_WITHIN = 300;

/** Processes that read media. */
export const processes = guestPool({ start: startGuest, most: 2, keptFor: 10_000 });

async function startGuest(): Promise<Guest> {
  const fromSource = import.meta.url.endsWith(".ts");
  const [script, watch] = (fromSource ? ["./guest-from-source.mjs", "./watch.mjs"] : ["./node-guest.js", "./node-watch.js"]).map(
    (name) => new URL(name, import.meta.url),
  ) as [URL, URL];
  const child = fork(fileURLToPath(script), [watch.href], {
    // What it makes is pictures and packets, each gone with the next: room for many of them is 20 MB of memory, and slower.
    execArgv: ["--max-semi-space-size=2"],
    serialization: "advanced",
    // Native decoders write to the error output what is none of a program's; only the last words before an end are of interest.
    stdio: ["ignore", "ignore", "pipe", "ipc"],
  });
  const { stderr } = child;
  const pipe = stderr as unknown as { ref(): void; unref(): void } | null;
  let words = "";
  stderr?.setEncoding("utf8").on("data", (text: string) => {
    words = (words + text).slice(-2000);
  });
  const hold = (waiting: boolean): void => {
    child[waiting ? "ref" : "unref"]();
    child.channel?.[waiting ? "ref" : "unref"]();
    // Why it has ended comes this way, after all else of it is gone.
    pipe?.[waiting ? "ref" : "unref"]();
  };
  const post = (message: object): void => void (child.connected && child.send(message, () => undefined));
  const { guest, die } = livingGuest({
    port: { post, hold },
    asks: ["read", "copy"],
    ended: (name) => lost(name, "was ended", undefined),
    end() {
      // It ends by itself, with the programs that work for it, unless a decoder keeps it busy.
      if (process.platform !== "win32") child.kill(END_SIGNAL);
      setTimeout(() => child.kill("SIGKILL"), process.platform === "win32" ? 0 : ENDS_WITHIN).unref();
    },
  });
  return new Promise((resolve, reject) => {
    child.on("error", (cause) => reject(die((name) => lost(name, "could not be reached", cause))));
    // Not "exit": the reason may still be on its way then.
    child.on("close", (code, signal) => reject(die((name) => reasonOf(name, words, signal ?? `code ${code}`))));
    child.on("message", (message) => {
      if ((message as { readonly type: string }).type === "ready") {
        hold(false);
        resolve(guest);
      } else guest.peer.receive(message);
    });
  });
}

function reasonOf(name: SourceName, words: string, how: string): FoleyError {
  const at = words.lastIndexOf(WATCH_MARK);
  const why = at < 0 ? "" : words.slice(at + WATCH_MARK.length).split("\n")[0];
  return why === "work" || why === "memory" || why === "idle" ? endedBy(name, why) : crashed(name, how);
}

const lost = (name: SourceName, how: string, cause: unknown): FoleyError =>
  new FoleyError("bad-file", `The process that reads ${name} ${how}.`, { hint: "Try again.", cause });
