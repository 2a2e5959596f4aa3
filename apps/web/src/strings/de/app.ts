/** The page as a whole, and the first screen. */
import type { app as words } from "../en/app.js";

export const app: Record<keyof typeof words, string> = {
  "app.name": "Foley-Studio",
  "app.close": "Schließen",
  "app.cancel": "Abbrechen",
  "app.quoted": "„{words}“",
  "app.announcements": "Ansagen",
  "start.drop": "Ein Video hier ablegen oder auswählen",
  "start.choose": "Video auswählen …",
  "start.private": "Ihr Video bleibt auf diesem Gerät.",
  "start.opening": "{name} wird geöffnet …",
  "start.which": "Es sind {count} Videos. Welches soll Ton bekommen?",
  "start.andMore": "… und {count} weitere. Legen Sie weniger auf einmal ab, um sie zu sehen.",
  "start.all": "Aus jedem der {count} ein Projekt machen",
  "start.ofSeveral": "{name} ({number} von {count})",
  "start.notOpened": "Daraus ließ sich kein Projekt machen: {names}.",
  "start.nothing": "Im Abgelegten ist keine Datei.",
  "start.cut":
    "Der Ordner enthält mehr als {count} Dateien; nur die ersten {count} wurden genommen. Legen Sie einzeln ab, was fehlt.",
  "start.several": "Es sind {count} Videos, und keines ist das dieses Projekts.",
  "start.severalHint":
    "Ein Projekt hat ein Video. Gehen Sie zu „Alle Projekte“ und legen Sie sie dort ab; aus jedem kann ein Projekt werden.",
  "start.noVideo": "Unter den {count} Dateien ist kein Video.",
  "start.noVideoHint": "Legen Sie ein Video ab, etwa eine mp4-, mov- oder webm-Datei.",
  "start.recent": "Letzte Projekte",
  "start.copy": "Kopie sichern",
  "start.remove": "Entfernen …",
  "start.removeTitle": "„{name}“ entfernen?",
  "start.removeWarning":
    "Die Fassungen werden aus diesem Browser gelöscht. Das Video bleibt, wo es ist. Das lässt sich nicht rückgängig machen.",
  "start.removeYes": "Projekt entfernen",
  "start.removed": "„{name}“ wurde entfernt.",
  "problem.title": "Problem",
  "problem.note": "Hinweis",
  "problem.close": "Ausblenden",
  "problem.sentence": "Meldung des Programms (englisch): „{sentence}“",
  "problem.unknown": "Etwas ist schiefgegangen: {reason}",
  "problem.unknownHint":
    "Versuchen Sie es noch einmal; hilft das nicht, laden Sie die Seite neu. Was Sie getan haben, ist gespeichert.",
};
