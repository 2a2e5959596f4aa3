/** What `run.json` in the folder of a run says. */
export interface RunDescription {
  /** Total steps. */
  readonly steps: number;
  /** Clips of a step. */
  readonly clipsPerStep?: number | undefined;
  /** The fingerprint of the run: a JSON object, or text. */
  readonly configuration: unknown;
  /** Machine and software of the last start. */
  readonly environment: Readonly<Record<string, string>>;
}
