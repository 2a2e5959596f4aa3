/** What was changed, as the undo list says it, and what is wrong with a document that is read. */
import type { document as words } from "../en/document.js";

export const document: Record<keyof typeof words, string> = {
  "change.rename": "Name",
  "change.source": "Video",
  "change.prompt": "Beschreibung",
  "change.negative": "Was nicht zu hören sein soll",
  "change.seed": "Startwert",
  "change.seedLocked": "Startwert gesperrt",
  "change.seedFree": "Startwert freigegeben",
  "change.steps": "Schritte",
  "change.videoStrength": "Gewicht des Bildes",
  "change.original": "Originalton",
  "change.originalGain": "Lautstärke des Originaltons",
  "change.eventAdd": "Ereignis hinzugefügt",
  "change.eventMove": "Ereignis verschoben",
  "change.eventStrength": "Stärke eines Ereignisses",
  "change.eventKind": "Art eines Ereignisses",
  "change.eventRemove": "Ereignis entfernt",
  "change.eventReset": "Ereignisse wie im Bild",
  "change.takeAdd": "Neue Fassung",
  "change.takeChoose": "Fassung gewählt",
  "change.takeStar": "Fassung markiert",
  "change.takeUnstar": "Markierung entfernt",
  "change.takeRemove": "Fassung entfernt",
  "document.damaged": "Dieses Projekt ist nicht lesbar: {detail}.",
  "document.newer": "Dieses Projekt stammt aus einer neueren Version (Format {format}; diese liest bis {known}).",
  "document.newerHint": "Laden Sie die Seite neu, um die neueste Version zu erhalten; es wurde nichts verändert.",
  "document.damagedHint":
    "Es wurde nichts verändert. Beginnen Sie ein neues Projekt mit demselben Video oder öffnen Sie eine gesicherte Kopie.",
};
