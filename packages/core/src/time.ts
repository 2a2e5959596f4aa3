/** Times as people write them. */

/**
 * Seconds of a text: plain (`3.5`), minutes and seconds (`1:03.5`) or hours too (`1:02:03.5`). Behind a colon minutes and seconds stay below 60.
 *
 * @returns `undefined` for anything else
 */
export function parseTime(text: string): number | undefined {
  const match = /^(?:(?:(\d+):)?(\d+):)?(\d+(?:\.\d*)?|\.\d+)$/.exec(text.trim());
  if (!match) return undefined;
  const [hours, minutes, seconds] = [match[1], match[2], match[3]].map((part) => part && Number(part));
  if ((hours !== undefined && Number(minutes) >= 60) || (minutes !== undefined && Number(seconds) >= 60)) return undefined;
  return Number(hours ?? 0) * 3600 + Number(minutes ?? 0) * 60 + Number(seconds);
}
