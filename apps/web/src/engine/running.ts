/** What stands between the engine and the pipeline, so that the first can be tested without the second. */
import type { RuntimeCapabilities } from "@foley-control/core";
import type { FoleyEvent } from "../document/imports.js";
import type { EngineKind, EventsRequest, MadeTake, MakeOptions, ModelFiles, TakeRequest, TakeSink } from "./engine.js";

/** A pipeline that is open. */
export interface OpenedEngine {
  readonly capabilities: RuntimeCapabilities;
  readonly steps: { readonly refined: number; readonly draft: number };
  unknownWords(prompt: string): readonly string[];
  /** Seconds of sound that are made at once. */
  readonly longest: number;
  findEvents(request: EventsRequest, signal: AbortSignal): Promise<readonly FoleyEvent[]>;
  make(request: TakeRequest, model: string, sink: TakeSink, options: MakeOptions): Promise<MadeTake>;
  dispose(): Promise<void>;
}

/** What is told while it opens. */
export interface OpenOptions {
  /** Share from 0 to 1, and a key of the catalogue. */
  readonly onProgress: (share: number, what: string) => void;
}

/** Opens one. */
export type OpenEngine = (kind: EngineKind, files: ModelFiles, options: OpenOptions) => Promise<OpenedEngine>;
