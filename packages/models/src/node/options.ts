/** What everything here needs to know of its surroundings, so that commands, servers and tests share it. */
import type { ProgressListener } from "@foley-control/core";
import type { Environment } from "@foley-control/weights/node";

/** Where models are, what stops the work, and who is told. */
export interface ModelOptions {
  /** Environment variables: they say where cache, list and hub are. Default: those of the process. */
  readonly env?: Environment | undefined;
  /** Stops the work. What has been downloaded is kept. */
  readonly signal?: AbortSignal | undefined;
  /** Told in a sentence what a person should know, such as the licence of weights before their first use. */
  readonly onNotice?: ((notice: string) => void) | undefined;
  /** Told of downloads and of long reading. */
  readonly onProgress?: ProgressListener | undefined;
}
