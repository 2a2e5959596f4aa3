/** Processes that read media: started when one is needed, kept for the next file while they are in good health, ended by their owner. */
import { fork } from "node:child_process";
import { fileURLToPath } from "node:url";
import { FoleyError } from "@foley-control/core";
import { type Handler, Peer } from "../../apart/peer.js";
import { writingHandlers } from "../../apart/remote-file.js";
import type { SourceName } from "../../read/problems.js";
import type { OnError } from "../../read/types.js";
import type { NodeBackend } from "../backend-name.js";
import type { ApartLimits } from "./limits.js";
import { WATCH_MARK } from "./slots.js";

/** What a guest is asked to open. */
export interface OpenRequest {
  readonly name: SourceName;
  readonly backend: NodeBackend;
  /** Absolute; `undefined` for data in memory, which is then asked for. */
  readonly path: string | undefined;
  /** Bytes of data in memory. */
  readonly size: number | undefined;
  readonly onError: OnError | undefined;
  readonly limits: ApartLimits;
}

/** A process that reads. */
export interface Guest {
  readonly peer: Peer;
  readonly writing: ReturnType<typeof writingHandlers>["open"];
  /** Why it is gone; `undefined` while it lives. */
  readonly death: Error | undefined;
  /** What answers the guest's own questions about the file that it has open. */
  host: { readonly name: SourceName; readonly handlers: Readonly<Record<string, Handler>> };
  /** Ends it now. */
  kill(): void;
}

/** Guests without a file that are kept. */
const MOST_KEPT = 2;
/** Milliseconds that a guest is given to close its file. */
const CLOSING = 2000;
/** Milliseconds that they are kept. */
const KEPT_FOR = 10_000;

interface Kept {
  readonly guest: Guest;
  /** Whether it has closed its file and is in good health. */
  readonly free: Promise<boolean>;
  readonly timer: NodeJS.Timeout;
}

const kept: Kept[] = [];
let impossible = false;

/** A guest without a file; `undefined` where no process can be started. */
export async function takeGuest(): Promise<Guest | undefined> {
  for (;;) {
    const next = kept.pop();
    if (!next) break;
    clearTimeout(next.timer);
    if ((await next.free) && !next.guest.death) return next.guest;
    next.guest.kill();
  }
  if (impossible) return undefined;
  const guest = await startGuest().catch(() => undefined);
  impossible = guest === undefined;
  return guest;
}

/** Lets a guest close its file, and keeps it for the next one when it is in good health. */
export function releaseGuest(guest: Guest): void {
  if (guest.death) return;
  const late = setTimeout(() => guest.kill(), CLOSING);
  late.unref();
  const free = guest.peer.call<boolean>("close", undefined).catch(() => false);
  const timer = setTimeout(() => forget(guest), KEPT_FOR);
  timer.unref();
  kept.push({ guest, free, timer });
  void free.then((healthy) => {
    clearTimeout(late);
    if (!healthy || kept.length > MOST_KEPT) forget(guest);
  });
}

/** Ends a guest that is still kept; one that has been taken again has a file. */
function forget(guest: Guest): void {
  const at = kept.findIndex((each) => each.guest === guest);
  if (at < 0) return;
  clearTimeout(kept[at]?.timer);
  kept.splice(at, 1);
  guest.kill();
}

async function startGuest(): Promise<Guest> {
  const fromSource = import.meta.url.endsWith(".ts");
  const [script, watch] = (fromSource ? ["./guest-from-source.mjs", "./watch.mjs"] : ["./node-guest.js", "./node-watch.js"]).map(
    (name) => new URL(name, import.meta.url),
  ) as [URL, URL];
  const child = fork(fileURLToPath(script), [watch.href], {
    execArgv: [],
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
  const { handlers, open } = writingHandlers();
  const own = (method: string): Handler => {
    return (given, asked) => (guest.host.handlers[method] as Handler)(given, asked);
  };
  const peer = new Peer({ post, hold }, { ...handlers, read: own("read"), copy: own("copy") });
  let death: Error | undefined;
  const guest: Guest = {
    peer,
    writing: open,
    get death() {
      return death;
    },
    host: { name: "The data", handlers: {} },
    kill() {
      // Said at once: its end is heard of later, and what it has answered before may still be on its way.
      death ??= lost(guest.host.name, "was ended", undefined);
      child.kill("SIGKILL");
    },
  };
  return new Promise((resolve, reject) => {
    const end = (how: (name: SourceName) => Error): void => {
      death ??= how(guest.host.name);
      peer.fail(death);
      reject(death);
    };
    child.on("error", (cause) => end((name) => lost(name, "could not be reached", cause)));
    // Not "exit": the reason may still be on its way then.
    child.on("close", (code, signal) => end((name) => reasonOf(name, words, signal ?? `code ${code}`)));
    child.on("message", (message) => {
      if ((message as { readonly type: string }).type === "ready") {
        hold(false);
        resolve(guest);
      } else peer.receive(message);
    });
  });
}

function reasonOf(name: SourceName, words: string, how: string): FoleyError {
  const at = words.lastIndexOf(WATCH_MARK);
  const why = at < 0 ? "" : words.slice(at + WATCH_MARK.length).split("\n")[0];
  if (why === "work") return damagedBy(name, "reading it takes work without end");
  if (why === "memory") return damagedBy(name, "reading it takes far more memory than such a file needs");
  if (why === "idle") return damagedBy(name, "its decoder came to a standstill");
  return damagedBy(name, `its decoder crashed (${how})`);
}

const damagedBy = (name: SourceName, what: string): FoleyError =>
  new FoleyError("bad-file", `${name} is damaged: ${what}.`, {
    hint: "Copy or download it again, or convert it with another program first.",
  });

const lost = (name: SourceName, how: string, cause: unknown): FoleyError =>
  new FoleyError("bad-file", `The process that reads ${name} ${how}.`, { hint: "Try again.", cause });
