/** The theme's colours as a canvas understands them: a variable may say `light-dark(…)`, so each is asked of an element that has it. */
import type { TimelineColours } from "./paint.js";

const NAMES = ["ground", "surface", "line", "text", "quiet", "accent", "event", "onset", "good", "bad"] as const;

/** Reads them in the place where they count. */
export function readColours(host: HTMLElement): TimelineColours {
  const probe = document.createElement("span");
  probe.hidden = true;
  host.append(probe);
  const colours = NAMES.map((name) => {
    probe.style.color = `var(--${name})`;
    return [name, getComputedStyle(probe).color] as const;
  });
  probe.remove();
  return Object.fromEntries(colours) as unknown as TimelineColours;
}

/** Tells when the theme changes; gives back what ends that. */
export function watchTheme(onChange: () => void): () => void {
  const dark = matchMedia("(prefers-color-scheme: dark)");
  const observer = new MutationObserver(onChange);
  dark.addEventListener("change", onChange);
  observer.observe(document.documentElement, { attributes: true, attributeFilter: ["data-theme"] });
  return () => {
    dark.removeEventListener("change", onChange);
    observer.disconnect();
  };
}
