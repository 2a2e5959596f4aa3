/** The picture with timecode, level and transport. */

/** The picture with timecode, level and transport. */
export function PicturePane() {
  return null;
}
