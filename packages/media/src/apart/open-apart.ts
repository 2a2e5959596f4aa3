/** Opens a file in a guest of its own, and in a new one when that has died. */
import type { SourceName } from "../read/problems.js";
import type { MediaInfo } from "../read/types.js";
import type { Guest } from "./guest.js";
import type { GuestPool } from "./guest-pool.js";
import type { Handler } from "./peer.js";
import { type RemoteFile, remoteFile } from "./remote-file.js";

/** What is opened. */
export interface OpenApartRequest {
  readonly name: SourceName;
  /** What the guest is sent. */
  readonly request: object;
  /** What answers its questions about the data. */
  readonly handlers: Readonly<Record<string, Handler>>;
}

/** Opens one file; `undefined` where no guest can be had. Errors as `openMedia`. */
export async function openInGuest(
  pool: GuestPool,
  { name, request, handlers }: OpenApartRequest,
  signal: AbortSignal | undefined,
): Promise<RemoteFile | undefined> {
  const open = async (guest: Guest, signal?: AbortSignal): Promise<MediaInfo> => {
    guest.host = { name, handlers };
    try {
      return await guest.peer.call<MediaInfo>("open", request, { signal });
    } catch (error) {
      pool.release(guest);
      throw error;
    }
  };
  let guest = await pool.take();
  if (!guest) return undefined;
  const info = await open(guest, signal);
  let again: Promise<Guest> | undefined;
  const alive = async (): Promise<Guest> => {
    if (!guest?.death) return guest as Guest;
    again ??= (async () => {
      const fresh = await pool.take();
      if (!fresh) throw (guest as Guest).death;
      await open(fresh);
      return fresh;
    })().finally(() => {
      again = undefined;
    });
    guest = await again;
    return guest;
  };
  return remoteFile(info, name, alive, () => pool.release(guest as Guest));
}
