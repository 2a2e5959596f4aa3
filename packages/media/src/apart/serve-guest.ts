/** The side that reads, whatever it is: one file at a time, its steps forward counted for who looks on, its cost within what such a file may cost. */
import { FoleyError } from "@foley-control/core";
import { CustomSource } from "mediabunny";
import type { OpenedFile, OpenSource } from "../read/open.js";
import type { GuestRequest } from "./guest.js";
import { type ApartLimits, DEFAULT_LIMITS, limitsFor } from "./limits.js";
import { type Handler, type Observer, Peer, type Port } from "./peer.js";
import { type FileOwner, serveFile, watchPackets } from "./serve-file.js";

/** Bytes that count as one step forward when they are read for the first time. */
const BLOCK = 65_536;

/** Random access to the bytes of a file. */
export type FileData = Pick<OpenSource, "source" | "read" | "size">;

/** Who looks on. */
export interface Watch extends Pick<Observer, "serves" | "waits" | "moved"> {
  /** Something was done that need not be a step forward. */
  worked?(): void;
  /** A new file is about to be opened. */
  begins(): void;
  /** Sets what the open file may cost. */
  allow(limits: ApartLimits): void;
  /** Rejections that nothing has waited for, since the file was opened. */
  strayFailures(): number;
}

/** What an opener gets besides the request. */
export interface Opening {
  readonly signal: AbortSignal;
  readonly peer: Peer;
  /** Has what is read of the file counted. */
  counted(data: FileData): FileData;
}

/** How a guest reaches its owner, who looks on, how it opens a file, and what else it answers. */
export interface GuestServer<Request> {
  readonly port: Port;
  readonly watch: Watch;
  open(request: Request, opening: Opening): Promise<OpenedFile>;
  readonly writeTo?: FileOwner<Request>["writeTo"];
  readonly handlers?: Readonly<Record<string, Handler>>;
}

/** Answers the owner's questions from now on. */
export function serveGuest<Request extends GuestRequest>({
  port,
  watch,
  open,
  writeTo,
  handlers = {},
}: GuestServer<Request>): Peer {
  let opening = false;
  // Opening looks at few packets; where each of them takes seconds to find, it gets nowhere all the same.
  const packets = watchPackets(() => void (opening || watch.moved()));
  /** Blocks that were read since the last question. */
  const seen = new Set<number>();
  let limits = DEFAULT_LIMITS;
  let size = 0;
  /** Whether the file has made anything fail. */
  let failed = false;
  const counted = (data: FileData): FileData => {
    size = data.size;
    watch.allow(limitsFor(limits, size));
    data.source.on("read", ({ start, end }) => {
      watch.worked?.();
      for (let block = Math.floor(start / BLOCK); block * BLOCK < end; block++) if (!seen.has(block)) watch.moved();
      for (let block = Math.floor(start / BLOCK); block * BLOCK < end; block++) seen.add(block);
    });
    return data;
  };
  const answers = serveFile<Request>({
    async open(request, signal) {
      limits = request.limits;
      size = request.size ?? 0;
      failed = false;
      watch.begins();
      watch.allow(limitsFor(limits, size));
      opening = true;
      try {
        return await open(request, { signal, peer, counted });
      } finally {
        opening = false;
      }
    },
    samples: (key, start, end) => peer.call("samples", { key, start, end }),
    write: (key, data, position) => peer.call("write", { key, data, position }),
    ...(writeTo && { writeTo }),
    healthy: () => !failed && watch.strayFailures() === 0,
    expects: (file, seconds) => watch.allow(limitsFor(limits, size, file.info, seconds)),
  });
  const peer: Peer = new Peer(
    port,
    { ...answers, ...handlers },
    {
      serves(change) {
        seen.clear();
        packets.reset();
        watch.serves(change);
      },
      failed(error, method) {
        // What refuses a file is our own code; what fails while decoding is native, and nobody knows in which state that is then.
        failed ||= !FoleyError.isInstance(error) || (error.code === "bad-file" && method !== "open");
      },
      waits: (change) => watch.waits(change),
      moved: () => watch.moved(),
    },
  );
  return peer;
}

/** Bytes that the owner holds in memory, read through it piece by piece. */
export function dataOfOwner(peer: Peer, size: number): FileData {
  const read = (start: number, end: number): Promise<Uint8Array> => peer.call("read", { start, end });
  return { source: new CustomSource({ getSize: () => size, read, prefetchProfile: "fileSystem" }), read, size };
}
