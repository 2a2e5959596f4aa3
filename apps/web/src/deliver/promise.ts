/** What a written file was to be, beside what is found in it when it is opened again. Any difference is shown, none is passed over. */
import type { MediaInfo, PacketDigest } from "@foley-control/media/web";
import { decimal } from "../strings/numbers.js";
import type { StringKey } from "../strings/text.js";

/** What was promised of a file. */
export interface Promised {
  /** The container, as the media package names it. */
  readonly container: string;
  /** Seconds of picture; `undefined` for sound alone. */
  readonly picture:
    | { readonly duration: number; readonly width: number; readonly height: number; readonly packets: PacketDigest }
    | undefined;
  /** Seconds of the new sound. */
  readonly sound: number;
}

/** What was found. */
export interface Found {
  readonly info: MediaInfo;
  readonly packets: PacketDigest | undefined;
}

/** One thing that was compared, in words that need no unit. */
export interface Check {
  readonly what: Extract<StringKey, `deliver.check.${string}`>;
  readonly promised: string;
  readonly found: string;
  readonly same: boolean;
}

/** Seconds that a codec's frames may add to a sound, or a container's clock may round off it. */
const SOUND_TOLERANCE = 0.05;
/** Seconds that a container's clock may round off a picture. */
const PICTURE_TOLERANCE = 0.002;

/** Compares. */
export function compare(promised: Promised, { info, packets }: Found): readonly Check[] {
  const check = (what: Check["what"], wanted: string, found: string, same = wanted === found): Check => ({
    what,
    promised: wanted,
    found,
    same,
  });
  const seconds = (value: number | undefined): string => (value === undefined ? "–" : `${decimal(value, 3)} s`);
  const close = (a: number, b: number | undefined, most: number): boolean => b !== undefined && Math.abs(a - b) <= most;
  const { picture, sound } = promised;
  const { video, audio } = info;
  const checks: Check[] = [check("deliver.check.container", promised.container, info.container)];
  if (picture !== undefined) {
    const size = (width: number | undefined, height: number | undefined): string => `${width ?? "–"} × ${height ?? "–"}`;
    checks.push(
      check("deliver.check.size", size(picture.width, picture.height), size(video?.width, video?.height)),
      check(
        "deliver.check.duration",
        seconds(picture.duration),
        seconds(video?.duration),
        close(picture.duration, video?.duration, PICTURE_TOLERANCE),
      ),
      check(
        "deliver.check.packets",
        shortDigest(picture.packets),
        packets ? shortDigest(packets) : "–",
        sameDigest(picture.packets, packets),
      ),
    );
  }
  checks.push(
    check("deliver.check.sound", seconds(sound), seconds(audio?.duration), close(sound, audio?.duration, SOUND_TOLERANCE)),
  );
  return checks;
}

const shortDigest = ({ packets, sha256 }: PacketDigest): string => `${packets} · ${sha256.slice(0, 10)}`;
const sameDigest = (a: PacketDigest, b: PacketDigest | undefined): boolean =>
  b !== undefined && a.sha256 === b.sha256 && a.packets === b.packets && a.bytes === b.bytes;
