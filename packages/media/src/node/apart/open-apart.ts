/** Opens a file in a process of its own, and in a new one when that has died. */
import { type RemoteFile, remoteFile } from "../../apart/remote-file.js";
import type { SourceName } from "../../read/problems.js";
import type { MediaInfo, OpenOptions } from "../../read/types.js";
import type { NodeBackend } from "../backend-name.js";
import type { FileData } from "../open-here.js";
import { type Guest, releaseGuest, takeGuest } from "./guests.js";
import { type ApartLimits, DEFAULT_LIMITS } from "./limits.js";

/** What is opened. */
export interface OpenApartRequest {
  readonly name: SourceName;
  readonly backend: NodeBackend;
  /** Absolute; `undefined` for data in memory. */
  readonly path: string | undefined;
  /** The data in memory. */
  readonly data: () => Promise<FileData>;
  /** Writes them to a file, for decoders that read files. */
  readonly copy: () => Promise<string>;
}

/** Opens one file; `undefined` where no process can be started. Errors as `openMedia`. */
export async function openApart(
  { name, backend, path, data, copy }: OpenApartRequest,
  options: OpenOptions,
  limits: ApartLimits = DEFAULT_LIMITS,
): Promise<RemoteFile | undefined> {
  options.signal?.throwIfAborted();
  const memory = path === undefined ? await data() : undefined;
  const handlers = {
    read: async ({ start, end }: { start: number; end: number }) => (memory as FileData).read(start, end),
    copy,
  };
  const request = { name, backend, path, size: memory?.size, onError: options.onError, limits };
  const open = async (guest: Guest, signal?: AbortSignal): Promise<MediaInfo> => {
    guest.host = { name, handlers };
    try {
      return await guest.peer.call<MediaInfo>("open", request, { signal });
    } catch (error) {
      releaseGuest(guest);
      throw error;
    }
  };
  let guest = await takeGuest();
  if (!guest) return undefined;
  const info = await open(guest, options.signal);
  let again: Promise<Guest> | undefined;
  const alive = async (): Promise<Guest> => {
    if (!guest?.death) return guest as Guest;
    again ??= (async () => {
      const fresh = await takeGuest();
      if (!fresh) throw (guest as Guest).death;
      await open(fresh);
      return fresh;
    })().finally(() => {
      again = undefined;
    });
    guest = await again;
    return guest;
  };
  return remoteFile(info, name, alive, () => releaseGuest(guest as Guest));
}
