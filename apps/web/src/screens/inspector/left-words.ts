/** Time that is left, as coarse as it is known. */
import { text } from "../../strings/text.js";

/** "about 12 s left"; full seconds up to ten, then fives, minutes from 90 s on. */
export function leftWords(seconds: number): string {
  if (seconds >= 90) return text("inspector.leftMinutes", { minutes: Math.round(seconds / 60) });
  const rounded = seconds > 10 ? Math.ceil(seconds / 5) * 5 : Math.max(1, Math.ceil(seconds));
  return text("inspector.leftSeconds", { seconds: rounded });
}

/** "1:05": full minutes and seconds. */
export function clockTime(seconds: number): string {
  const whole = Math.floor(seconds + 1e-6);
  return `${Math.floor(whole / 60)}:${String(whole % 60).padStart(2, "0")}`;
}
