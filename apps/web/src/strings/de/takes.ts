/** The takes of a cue. */
import type { takes as words } from "../en/takes.js";

export const takes: Record<keyof typeof words, string> = {
  "takes.title": "Fassungen",
  "takes.take": "Fassung {number}",
  "takes.growing": "Fassung {number}, in Arbeit",
  "takes.growingFacts": "{ready} von {seconds} sind zu hören",
  "takes.draft": "Entwurf",
  "takes.original": "Original hören",
  "takes.equal": "Gleich laut",
  "takes.equalHint": "Bringt alle Fassungen beim Vergleichen auf die Lautheit der leisesten; gespeichert wird, wie sie sind",
  "takes.star": "Favorit: Fassung {number}",
  "takes.remove": "Fassung {number} entfernen",
  "takes.noPrompt": "Ohne Beschreibung: das Bild allein",
  "takes.facts": "Startwert {seed} · {steps} Schritte · {loudness} LUFS · {onsets} Einsätze",
  "takes.why": "Warum klingt das anders?",
  "takes.same": "Mit denselben Einstellungen gemacht wie die Fassung, die zu hören ist.",
  "takes.difference": "{what}: {here}; die gehörte Fassung: {there}",
  "takes.difference.events": "Ereignisse: {moved} verschoben, {added} mehr, {removed} weniger",
  "takes.setting.prompt": "Beschreibung",
  "takes.setting.negativePrompt": "Nicht so klingen",
  "takes.setting.seed": "Startwert",
  "takes.setting.steps": "Schritte",
  "takes.setting.guidanceScale": "Gewicht der Beschreibung",
  "takes.setting.videoStrength": "Gewicht des Bildes",
  "takes.setting.model": "Modell",
};
