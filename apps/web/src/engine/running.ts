/** What stands between the engine and the pipeline, so that the first can be tested without the second. */
import type { RuntimeCapabilities } from "@foley-control/core";
import type { FoleyEvent } from "../document/imports.js";
import type { EngineKind, MadeTake, ModelFiles, TakeProgress, TakeRequest } from "./engine.js";

/** A pipeline that is open. */
export interface OpenedEngine {
  readonly capabilities: RuntimeCapabilities;
  readonly steps: { readonly refined: number; readonly draft: number };
  unknownWords(prompt: string): readonly string[];
  findEvents(file: File, signal: AbortSignal, onShare: (share: number) => void): Promise<readonly FoleyEvent[]>;
  make(request: TakeRequest, model: string, signal: AbortSignal, onProgress: (progress: TakeProgress) => void): Promise<MadeTake>;
  dispose(): Promise<void>;
}

/** What is told while it opens. */
export interface OpenOptions {
  /** Share from 0 to 1, and a key of the catalogue. */
  readonly onProgress: (share: number, what: string) => void;
}

/** Opens one. */
export type OpenEngine = (kind: EngineKind, files: ModelFiles, options: OpenOptions) => Promise<OpenedEngine>;
