/** Ruler, filmstrip, waveforms, events and onsets. */

/** Ruler, filmstrip, waveforms, events and onsets. */
export function TimelinePane() {
  return null;
}
