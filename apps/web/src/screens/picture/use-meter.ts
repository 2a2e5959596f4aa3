/** The level meter: two bars that follow what is heard, written past React, and a number once a second for who cannot see them. */
import { type RefObject, useEffect } from "react";
import type { Player } from "../../transport/player.js";

/** Lowest level that is shown, dB. */
const FLOOR = -60;
/** How fast a bar falls, dB a second. */
const FALL = 24;

/** Lets an element with a `meter` and two bars follow a player. */
export function useMeter(player: Player, meter: RefObject<HTMLDivElement | null>): void {
  useEffect(() => {
    const shown: [number, number] = [FLOOR, FLOOR];
    let before = performance.now();
    let told = 0;
    const show = (): void => {
      const now = performance.now();
      const fallen = (FALL * (now - before)) / 1000;
      before = now;
      const element = meter.current;
      if (element === null) return;
      for (const [channel, level] of player.level().entries()) {
        const decibels = Math.max(FLOOR, 20 * Math.log10(Math.max(level, 1e-6)));
        shown[channel as 0 | 1] = player.state.playing ? Math.max(decibels, shown[channel as 0 | 1] - fallen) : FLOOR;
        const bar = element.children[channel + 1] as HTMLElement | undefined;
        bar?.style.setProperty("transform", `scaleX(${(1 - shown[channel as 0 | 1] / FLOOR).toFixed(3)})`);
      }
      if (now - told < 1000 && player.state.playing) return;
      told = now;
      (element.firstElementChild as HTMLMeterElement).value = Math.round(Math.max(...shown));
    };
    const stops = [player.onTime(show), player.subscribe(show)];
    return () => {
      for (const stop of stops) stop();
    };
  }, [player, meter]);
}
