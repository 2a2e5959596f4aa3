/**
 * What this browser can do, asked feature by feature and never by its name. Each capability that is missing has something that is used in its place;
 * none keeps anyone out.
 */

/** The things that are asked for. Each has words in the catalogue: what it is, what it gives, and what is done without. */
export type CapabilityName =
  | "webgpu"
  | "threads"
  | "video-decoding"
  | "sound-decoding"
  | "aac"
  | "save-picker"
  | "file-system"
  | "persistence"
  | "service-worker";

/** What was found. */
export interface Capability {
  readonly name: CapabilityName;
  readonly there: boolean;
  /** Facts for those who want them: names of codecs, of an adapter, numbers. Not translated. */
  readonly details: string;
}

/** Codecs by the names people know, and as WebCodecs calls a usual kind of each. */
export const VIDEO_CODECS: Readonly<Record<string, string>> = {
  "H.264": "avc1.640028",
  HEVC: "hvc1.1.6.L93.B0",
  VP9: "vp09.00.10.08",
  AV1: "av01.0.04M.08",
};

/** See {@link VIDEO_CODECS}. */
export const SOUND_CODECS: Readonly<Record<string, string>> = { AAC: "mp4a.40.2", Opus: "opus", MP3: "mp3", FLAC: "flac" };

/** The parts of a page that are asked; a test gives others. */
export interface Realm {
  readonly navigator: {
    readonly gpu?: { requestAdapter(): Promise<unknown> };
    readonly hardwareConcurrency: number;
    readonly storage?: { getDirectory?: () => Promise<unknown>; persisted?: () => Promise<boolean> };
    readonly serviceWorker?: { readonly controller: unknown };
  };
  readonly crossOriginIsolated?: boolean;
  readonly VideoDecoder?: { isConfigSupported(config: { codec: string }): Promise<{ supported?: boolean }> };
  readonly AudioDecoder?: { isConfigSupported(config: SoundConfig): Promise<{ supported?: boolean }> };
  readonly AudioEncoder?: { isConfigSupported(config: SoundConfig): Promise<{ supported?: boolean }> };
  readonly showSaveFilePicker?: unknown;
}

interface SoundConfig {
  readonly codec: string;
  readonly sampleRate: number;
  readonly numberOfChannels: number;
  readonly bitrate?: number;
}

/** Asks for everything; what throws is not there. */
export async function findCapabilities(realm: Realm): Promise<readonly Capability[]> {
  const { navigator } = realm;
  const sound = (codec: string): SoundConfig => ({ codec, sampleRate: 48_000, numberOfChannels: 2 });
  const supported = async (
    codecs: Readonly<Record<string, string>>,
    ask: (codec: string) => Promise<boolean>,
  ): Promise<string[]> => {
    const answers = await Promise.all(Object.values(codecs).map((codec) => asked(() => ask(codec), false)));
    return Object.keys(codecs).filter((_, i) => answers[i]);
  };
  const { VideoDecoder, AudioDecoder, AudioEncoder } = realm;
  const [adapter, video, sounds, aac, folder, persistent] = await Promise.all([
    asked(async () => (await navigator.gpu?.requestAdapter()) ?? undefined, undefined),
    supported(VIDEO_CODECS, async (codec) => (await VideoDecoder?.isConfigSupported({ codec }))?.supported === true),
    supported(SOUND_CODECS, async (codec) => (await AudioDecoder?.isConfigSupported(sound(codec)))?.supported === true),
    asked(
      async () => (await AudioEncoder?.isConfigSupported({ ...sound("mp4a.40.2"), bitrate: 128_000 }))?.supported === true,
      false,
    ),
    asked(async () => (await navigator.storage?.getDirectory?.()) !== undefined, false),
    asked(async () => (await navigator.storage?.persisted?.()) === true, false),
  ]);
  const { info } = (adapter ?? {}) as {
    readonly info?: { readonly vendor?: string; readonly architecture?: string; readonly isFallbackAdapter?: boolean };
  };
  const software = info?.isFallbackAdapter === true;
  const threads = realm.crossOriginIsolated === true;
  return [
    {
      name: "webgpu",
      there: adapter !== undefined && !software,
      details: [info?.vendor, info?.architecture, software ? "software" : ""].filter(Boolean).join(" "),
    },
    { name: "threads", there: threads, details: threads ? String(navigator.hardwareConcurrency) : "" },
    { name: "video-decoding", there: video.length > 0, details: video.join(", ") },
    { name: "sound-decoding", there: sounds.length > 0, details: sounds.join(", ") },
    { name: "aac", there: aac, details: "" },
    { name: "save-picker", there: realm.showSaveFilePicker !== undefined, details: "" },
    { name: "file-system", there: folder, details: "" },
    { name: "persistence", there: persistent, details: "" },
    { name: "service-worker", there: Boolean(navigator.serviceWorker?.controller), details: "" },
  ];
}

async function asked<T>(ask: () => Promise<T>, otherwise: T): Promise<T> {
  try {
    return await ask();
  } catch {
    return otherwise;
  }
}
