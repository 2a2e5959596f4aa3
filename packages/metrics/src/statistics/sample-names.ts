/** Names of clips as av-benchmark cleans them before it pairs ground truth and generated sounds. */

/**
 * The name under which av-benchmark looks a generated clip up, told by the length of the name alone: of 30 characters those from 10 to
 * 27, of 20 the first 18, of 21 those from 1 to 18; any other name stays. Made for VGGSound and AudioCaps; a name of another set that
 * happens to have 20, 21 or 30 characters loses its match, which is why only the presets of those sets use it.
 */
export function cleanSampleName(name: string): string {
  switch (name.length) {
    case 30:
      return name.slice(10, 28);
    case 20:
      return name.slice(0, 18);
    case 21:
      return name.slice(1, 19);
    default:
      return name;
  }
}
