/** What everything here needs to know of its surroundings, so that commands, servers and tests share it. */
import type { ProgressListener } from "@foley-control/core";
import type { Environment } from "@foley-control/weights/node";

/** What a person accepts before weights are fetched. */
export interface LicenceTerms {
  /** The word for the model. */
  readonly name: string;
  /** Name for people. */
  readonly title: string;
  /** The licence, in a word. */
  readonly licence: string;
  /** Where its words are. */
  readonly page: string;
  /** Repositories that are fetched from. */
  readonly repositories: readonly string[];
  /** What is fetched at most, bytes, about. */
  readonly bytes: number;
}

/** Where models are, what stops the work, and who is told. */
export interface ModelOptions {
  /** Environment variables: they say where cache, list and hub are. Default: those of the process. */
  readonly env?: Environment | undefined;
  /** Stops the work. What has been downloaded is kept. */
  readonly signal?: AbortSignal | undefined;
  /** Told in a sentence what a person should know, such as the licence of weights before their first use. */
  readonly onNotice?: ((notice: string) => void) | undefined;
  /**
   * Asked before weights are fetched that their licence keeps from commercial use; a yes is remembered on this machine. Default: no.
   */
  readonly acceptLicence?: ((terms: LicenceTerms) => boolean | Promise<boolean>) | undefined;
  /** Told of downloads and of long reading. */
  readonly onProgress?: ProgressListener | undefined;
}
