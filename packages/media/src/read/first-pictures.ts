/**
 * Which pictures MMAudio takes of a video (`data/av_utils.py`): each tick takes the first picture at or after it, not the one that is shown then. The
 * ticks are a running sum, whose rounding decides where pictures fall on them: at 25 pictures a second some are an instant late.
 */

/**
 * The pictures that ticks take.
 *
 * @param times - of the pictures in the order in which they are shown, seconds
 * @param rate - ticks per second
 * @param seconds - what is looked at; a picture just at its end is
 * @returns an index of a picture for each tick
 */
export function firstPictures(times: Iterable<number>, rate: number, seconds: number): readonly number[] {
  const taken: number[] = [];
  const step = 1 / rate;
  let next = 0;
  let index = -1;
  for (const time of times) {
    index++;
    if (time < 0) continue;
    if (time > seconds) break;
    for (; time >= next; next += step) taken.push(index);
  }
  return taken;
}
