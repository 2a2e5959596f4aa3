/** The parts joined to a pipeline: what is in it, whom it belongs to, and how long it lives. */
import { assertFits } from "@foley-control/bridge";
import { assertKind, type CapabilitiesOptions, FoleyError, type RuntimeCapabilities } from "@foley-control/core";
import type { MediaFile } from "@foley-control/media";
import { oneAhead } from "./generate/ahead.js";
import { createExecutables } from "./generate/executables.js";
import type { FindEventsOptions, FoundEvents } from "./generate/find-events.js";
import type { PrepareOptions } from "./generate/prepare.js";
import type { SoundPiece, SoundSummary } from "./generate/stream.js";
import type { GenerateOptions } from "./options.js";
import type { FoleyHost, FoleyParts } from "./parts.js";
import type { Take } from "./take.js";

/** A pipeline. */
export interface Foley<Source, T extends Take = Take> extends AsyncDisposable {
  /** The networks in use. */
  readonly parts: FoleyParts;
  /**
   * Makes sound for a clip of any length: what is longer than the backbone samples at once is made window by window.
   *
   * @throws FoleyError `invalid-argument` naming the option; `no-video`, `bad-file`, `unsupported` and
   * `missing-dependency` for clips that cannot be read; the abort signal's reason.
   */
  generate(options: GenerateOptions<Source>): Promise<T>;
  /**
   * The same sound piece by piece: one piece is used while the next one is made, and no more than that is in memory. A sound that is sampled at
   * once is one piece. Who leaves the loop stops the work. What the generator returns says how the sound was made.
   *
   * @throws FoleyError as `generate`, when the first piece is asked for or later
   * @example
   * for await (const { channels, startSeconds } of foley.stream({ video: "film.mp4", prompt: "rain" })) play(channels, startSeconds);
   */
  stream(options: GenerateOptions<Source>): AsyncGenerator<SoundPiece, SoundSummary, undefined>;
  /**
   * Says what happens in a clip of any length: the events that `generate` would make heard.
   *
   * @throws FoleyError `unsupported` when the video encoder finds no contacts; `invalid-argument`, and those of clips that cannot be read, as `generate`.
   */
  findEvents(options: FindEventsOptions<Source>): Promise<FoundEvents>;
  /** What the runtime found on this machine. */
  capabilities(options?: CapabilitiesOptions): Promise<RuntimeCapabilities>;
  /**
   * Fetches and starts everything that a clip needs, so that the first one does not wait, and a page needs no network after it.
   *
   * @throws FoleyError `missing-dependency`, `device-unavailable` when there is nothing to compute with.
   */
  prepare(options?: PrepareOptions): Promise<void>;
  /** Frees everything; idempotent. */
  dispose(): Promise<void>;
}

/** What makes sound; a page loads it when it is first used, which is with `prepare` at the latest. */
const making = () => import("./generate/making.js");

/** Joins parts, runtime and media to a pipeline. The constructors of `/node` and `/web` fill in the platform. */
export function joinParts<Source, M extends MediaFile, T extends Take>(
  parts: FoleyParts,
  host: FoleyHost<Source, M, T>,
): Foley<Source, T> {
  if ((parts.bridge === undefined) !== (parts.encoder === undefined)) {
    throw new FoleyError("invalid-argument", `Only the ${parts.bridge ? "bridge" : "encoder"} was given; they belong together.`, {
      hint: "Give encoder and bridge, or neither: then the prompt alone decides.",
    });
  }
  if (parts.beside && parts.beside.length > 0 && parts.encoder === undefined)
    throw new FoleyError("invalid-argument", "Encoders were given beside one that is missing.", {
      hint: "Give the first as `encoder`, the others as `beside`, in the order of the bridge.",
    });
  if (parts.bridge && parts.encoder) assertFits(parts.bridge, parts.backbone, [parts.encoder, ...(parts.beside ?? [])]);
  const executables = createExecutables(host.runtime);
  let disposed: Promise<void> | undefined;
  const dispose = (): Promise<void> =>
    (disposed ??= (async () => {
      await executables.dispose();
      if (host.ownsRuntime) await host.runtime.dispose();
    })());
  const assertAlive = (): void => {
    if (disposed) throw new FoleyError("disposed", "The pipeline was disposed.", { hint: "Make a new one with createFoley." });
  };
  return {
    parts,
    async generate(options) {
      assertAlive();
      assertKind("options", options, "object", "Pass { video, prompt }.");
      return (await making()).generate(parts, host, executables, options);
    },
    async *stream(options) {
      assertAlive();
      assertKind("options", options, "object", "Pass { video, prompt }.");
      const { streamSound } = await making();
      return yield* oneAhead((signal) => streamSound(parts, host, executables, { ...options, signal }), options.signal);
    },
    async findEvents(options) {
      assertAlive();
      assertKind("options", options, "object", "Pass { video }.");
      return (await making()).findEvents(parts, host, executables, options);
    },
    capabilities: (options) => host.runtime.capabilities(options),
    async prepare(options = {}) {
      assertAlive();
      await (await making()).prepare(parts, host, executables, options);
    },
    dispose,
    [Symbol.asyncDispose]: dispose,
  };
}
