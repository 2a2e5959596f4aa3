/** The model as the studio sees it: what computes, how far it is, and takes that come out. The screens know this file, not the packages. */

import type { Warning } from "@foley-control/core";
import type { TakeSettings } from "../document/document.js";
import type { FoleyEvent } from "../document/imports.js";
import type { SoundShape } from "../storage/take-file.js";
import type { Told } from "../strings/told.js";
import type { Anew } from "./anew.js";

/** What can compute. */
export type EngineKind = "webgpu" | "wasm-threads" | "wasm";

/** Files of a small model: an address or bytes of each. */
export type SmallModelFiles = Readonly<Record<"backbone" | "encoder" | "bridge", URL | Uint8Array>>;

/** Files of a model that others released, with the folders that lead to them: read in place, for they are gigabytes. */
export interface ReleasedFiles {
  readonly released: readonly { readonly path: string; readonly file: { getFile(): Promise<File> } }[];
}

/** Files of a model. */
export type ModelFiles = SmallModelFiles | ReleasedFiles;

/** A model that can be used. */
export interface ModelSource {
  /** Tells it from others in settings of takes. */
  readonly id: string;
  /** The name that people see. */
  readonly name: string;
  /** Where its files are; they are fetched or read when the engine starts. */
  files(): Promise<ModelFiles>;
}

/** Where the engine is. */
export type EngineState =
  | { readonly phase: "off" }
  /** `share` from 0 to 1; `what` is a key of the catalogue; `again` is why it is started again, as a sentence. */
  | {
      readonly phase: "starting";
      readonly kind: EngineKind;
      readonly share: number;
      readonly what: string;
      readonly again: string | undefined;
    }
  | {
      readonly phase: "ready";
      readonly kind: EngineKind;
      /** The build of ONNX Runtime that computes, by its name there. */
      readonly build: string | undefined;
      readonly threads: number;
      /** Why it is not the faster one, and what happened to it, as sentences. */
      readonly reasons: readonly string[];
      /** Identifier of the model, and the name that people see. */
      readonly model: { readonly id: string; readonly name: string };
      /** Sampler steps of a full take, and of a draft. */
      readonly steps: { readonly refined: number; readonly draft: number };
      /** Seconds of sound that are made at once; what is longer comes piece by piece. */
      readonly longest: number;
    }
  | ({ readonly phase: "failed" } & Told);

/** Whether a kind can be chosen here, and why not, as a sentence. */
export interface EngineChoice {
  readonly kind: EngineKind;
  readonly usable: boolean;
  readonly reason: string | undefined;
}

/** What a take is asked to be. */
export interface TakeRequest extends Omit<TakeSettings, "events" | "model" | "steps" | "anew"> {
  readonly file: File;
  readonly start: number;
  readonly duration: number;
  /** Sampler steps, or as many as the model has for a draft or a full take. */
  readonly steps: number | "draft" | "refined";
  /** `undefined`: what the picture says. */
  readonly events: readonly FoleyEvent[] | undefined;
  /** Only a stretch of a take is made, and the rest of it stays. */
  readonly anew?: Anew | undefined;
}

/** A stretch of a clip that is looked at, seconds. */
export interface EventsRequest {
  readonly file: File;
  readonly start: number;
  readonly duration: number;
}

/** What goes with a request for a take. */
export interface MakeOptions {
  readonly signal: AbortSignal;
  readonly onProgress: (progress: TakeProgress) => void;
}

/** How far a take is. */
export interface TakeProgress {
  readonly phase: "read" | "video" | "sample" | "decode" | "store";
  /** Share of the whole, 0 to 1; never goes back. */
  readonly share: number;
  /** Seconds left, when they can be told. */
  readonly left: number | undefined;
  /** Of a sound that comes piece by piece: which of its seconds are finished, and how many there are. */
  readonly of?: { readonly second: number; readonly seconds: number } | undefined;
}

/** Where the sound of a take goes, piece by piece while it is made. */
export interface TakeSink {
  /** Begins; again when the engine was lost and the take is made anew. */
  begin(shape: SoundShape): Promise<void>;
  /** Takes what comes next, planar. */
  append(channels: readonly Float32Array[]): Promise<void>;
  /** What has come, from frame `from` to `to`, planar. */
  read(from: number, to: number): Promise<readonly Float32Array[]>;
}

/** What is known of a sound that has gone to its sink. */
export interface MadeTake {
  readonly settings: TakeSettings;
  /** Onsets, seconds of the clip. */
  readonly onsets: readonly number[];
  /** LUFS; of silence −200. */
  readonly loudness: number;
  readonly warnings: readonly Warning[];
}

/** The engine. One thing is made at a time; what is asked later waits. */
export interface Engine {
  readonly state: EngineState;
  subscribe(listener: (state: EngineState) => void): () => void;
  /** What could compute here, fastest first. */
  choices(): Promise<readonly EngineChoice[]>;
  /** Starts, or starts again as another kind; `undefined` takes the best that passes its self-test. */
  start(kind?: EngineKind): Promise<void>;
  /** Computes with another model from now on; one that runs is ended. */
  use(model: ModelSource): Promise<void>;
  /** Words of a prompt that the model does not know; none while it is not loaded. */
  unknownWords(prompt: string): readonly string[];
  /** What the picture says between two times of the clip. */
  findEvents(request: EventsRequest, signal: AbortSignal): Promise<readonly FoleyEvent[]>;
  /** Makes a take; `signal` stops it within one step of the sampler. */
  make(request: TakeRequest, sink: TakeSink, options: MakeOptions): Promise<MadeTake>;
  dispose(): Promise<void>;
}
