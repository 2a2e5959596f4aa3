/** Where the weights of a metric's network are published, and what must be said before they are used for the first time. */
import type { OpenCheckpointOptions } from "@foley-control/weights";

/** Published weights of one network. The project ships none of them. */
export interface NetworkRelease {
  /** Name for people. */
  readonly title: string;
  /** Name of the file as published. */
  readonly file: string;
  /** Where the file is. */
  readonly url: string;
  /** Where it is described. */
  readonly page: string;
  /** Licence of the weights in a word; the page decides. */
  readonly licence: string;
  /** Whether the licence forbids commercial use: such weights are used when they are asked for by name, never by default. */
  readonly nonCommercial: boolean;
  /** How to open the file, so that its tensors have the names of the graph's parameters. */
  readonly checkpoint: OpenCheckpointOptions;
  /** File with the settings that are no tensors: that of the weights itself, or a JSON beside it. */
  readonly statedIn?: string;
}

/**
 * One line to show before a network is used for the first time: whose weights these are, under which licence, and where to read it.
 *
 * @example
 * ```ts
 * licenceNotice(IMAGEBIND_RELEASE);
 * // "ImageBind-huge (imagebind_huge.pth): CC-BY-NC-SA 4.0, for NON-COMMERCIAL use only; see https://github.com/facebookresearch/ImageBind"
 * ```
 */
export function licenceNotice({ title, file, licence, nonCommercial, page }: NetworkRelease): string {
  return `${title} (${file}): ${licence}${nonCommercial ? ", for NON-COMMERCIAL use only" : ""}; see ${page}`;
}
