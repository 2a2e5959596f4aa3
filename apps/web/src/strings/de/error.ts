/** Was Pakete mit einem Code melden; ihr eigener Satz ist englisch. */
import type { ErrorWords } from "../error-words.js";

export const errors: ErrorWords = {
  "invalid-argument": ["Eine Einstellung lässt sich so nicht verwenden.", "Ändern Sie sie und versuchen Sie es noch einmal."],
  "shape-mismatch": ["Die Teile des Modells passen nicht zueinander.", "Wählen Sie Dateien, die zusammengehören."],
  unsupported: ["Das wird hier nicht unterstützt.", "Wandeln Sie die Datei in H.264 in mp4 oder in VP9 in webm um."],
  "missing-dependency": ["Ein Teil des Studios konnte nicht geladen werden.", "Laden Sie die Seite neu."],
  "bad-file": [
    "Die Datei lässt sich nicht lesen: Sie ist beschädigt, abgeschnitten oder kein Video.",
    "Kopieren oder laden Sie sie noch einmal, oder wandeln Sie sie in H.264 in mp4 um.",
  ],
  "bad-weights": [
    "Die Dateien des Modells sind beschädigt oder gehören zu einem anderen Modell.",
    "Laden Sie sie noch einmal herunter.",
  ],
  "no-video": ["Die Datei hat kein Bild.", "Nehmen Sie ein Video, etwa eine mp4-, mov- oder webm-Datei."],
  "no-audio": ["Die Datei hat keinen Ton.", "Wählen Sie, dass der Originalton ersetzt wird."],
  "too-long": ["Das ist länger, als das Modell erzeugt.", "Wählen Sie einen kürzeren Abschnitt."],
  "not-writable": ["Die Datei konnte nicht geschrieben werden.", "Wählen Sie einen anderen Ort, oder schaffen Sie Platz."],
  "not-found": ["Etwas, das gebraucht wird, wurde nicht gefunden.", "Sehen Sie nach, ob es verschoben oder umbenannt wurde."],
  "access-denied": ["Der Browser darf das nicht lesen.", "Erlauben Sie es, oder wählen Sie die Datei noch einmal aus."],
  "download-failed": ["Etwas konnte nicht heruntergeladen werden.", "Versuchen Sie es noch einmal, wenn es ein Netz gibt."],
  "device-unavailable": [
    "Auf diesem Gerät konnte nicht gerechnet werden.",
    "Wählen Sie unter „Modelle und Speicher“ ein anderes.",
  ],
  disposed: ["Das wurde geschlossen, während es noch gebraucht wurde.", "Öffnen Sie es noch einmal."],
};
