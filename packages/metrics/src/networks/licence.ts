/** What must be said before weights that are not the project's own are used for the first time. */
import type { NetworkRelease } from "./release.js";

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

/** Releases that may be used when nobody asked for one by name: those whose licence does not forbid commercial use. */
export const usableByDefault = (releases: readonly NetworkRelease[]): readonly NetworkRelease[] =>
  releases.filter(({ nonCommercial }) => !nonCommercial);
