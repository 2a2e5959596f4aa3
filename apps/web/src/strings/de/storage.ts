/** Where projects are kept, and what goes wrong with it. */
import type { storage as words } from "../en/storage.js";

export const storage: Record<keyof typeof words, string> = {
  "bundle.damaged": "Diese Datei ist kein gesichertes Projekt oder kein vollständiges.",
  "bundle.damagedHint": "Legen Sie die Datei, die „Kopie sichern“ gemacht hat, unverändert noch einmal ab.",
  "storage.saved": "Nur in diesem Browser gespeichert",
  "storage.saving": "Wird gespeichert …",
  "storage.failed": "Nicht gespeichert",
  "storage.full":
    "Im Speicher dieses Browsers ist kein Platz mehr. Ihre Änderungen bleiben in diesem Tab erhalten, sind aber noch nicht gespeichert.",
  "storage.fullHint":
    "Entfernen Sie Projekte oder Fassungen, die Sie nicht brauchen, oder schaffen Sie Platz auf diesem Gerät; das Speichern wird von selbst wiederholt.",
  "storage.wrong": "Ihre Änderungen konnten nicht gespeichert werden: {reason}",
  "storage.wrongHint": "Lassen Sie diesen Tab offen; das Speichern wird von selbst wiederholt.",
  "storage.takesInMemory": "{count} Fassungen liegen nur in diesem Tab, weil im Speicher des Browsers kein Platz für sie war.",
  "storage.memoryOnly":
    "Dieser Browser erlaubt der Seite nicht, etwas zu speichern, etwa in einem privaten Fenster. Projekte bestehen, bis der Tab geschlossen wird.",
  "storage.gone": "Dieses Projekt gibt es nicht mehr.",
  "storage.goneHint":
    "Es wurde hier oder in einem anderen Tab entfernt, oder der Browser hat seinen Speicher geleert. Beginnen Sie ein neues mit demselben Video.",
  "storage.takeGone": "Die Klangdaten dieser Fassung sind nicht mehr oder nicht vollständig vorhanden.",
  "storage.takeGoneHint": "Erzeugen Sie sie noch einmal: Ihre Einstellungen sind bekannt.",
  "storage.otherVideo": "„{given}“ ist nicht das Video dieses Projekts; das ist „{expected}“ ({size}).",
  "storage.otherVideoHint": "Wählen Sie jenes, oder beginnen Sie auf der ersten Seite ein neues Projekt mit diesem.",
  "storage.inUse": "Dieses Projekt ist in einem anderen Tab geöffnet.",
  "storage.inUseHint": "Schließen Sie es zuerst dort.",
  "storage.readOnly":
    "Dieses Projekt ist in einem anderen Tab geöffnet und wird dort bearbeitet. Hier können Sie es ansehen und anhören.",
  "storage.readOnlyFree": "Der andere Tab hat dieses Projekt geschlossen.",
  "storage.reopen": "Neu öffnen, um es hier zu bearbeiten",
  "storage.changed": "„{name}“ wurde geändert oder verschoben, während es geöffnet war.",
  "storage.changedHint": "Zeigen Sie das Video noch einmal; ist es jetzt ein anderes, beginnen Sie damit ein neues Projekt.",
  "storage.kept": "hier dauerhaft gespeichert",
  "storage.notKept": "hier gespeichert, solange Platz ist",
  "storage.used": "{used} von {quota} belegt",
};
