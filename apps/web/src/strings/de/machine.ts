/** What this machine can do, working without a network, and privacy. */
import type { machine as words } from "../en/machine.js";

export const machine: Record<keyof typeof words, string> = {
  "offline.starting": "wird für offline vorbereitet …",
  "offline.storing": "wird für offline gespeichert: {share} %",
  "offline.ready": "funktioniert offline ✓",
  "offline.none": "nicht offline: Dieser Browser erlaubt hier keinen Service Worker",
  "offline.failed": "noch nicht offline: {reason}",
  "offline.answer": "Der Server antwortete auf {path} mit {status}",
  "offline.other-file": "{path} ist nicht die Datei dieser Version",
  "offline.error": "der Browser meldet „{message}“",
  "offline.silent": "der Service Worker antwortet nicht",
  "update.there": "Eine neue Version des Studios ist da.",
  "update.take": "Mit der neuen Version neu laden",
  "doctor.title": "Was dieser Browser kann",
  "doctor.about": "Nichts davon schließt Sie aus: Für alles, was fehlt, gibt es einen Ersatz.",
  "doctor.capability": "Fähigkeit",
  "doctor.state": "Zustand",
  "doctor.effect": "Was das bedeutet",
  "doctor.there": "✓ vorhanden",
  "doctor.missing": "– fehlt",
  "doctor.webgpu": "WebGPU",
  "doctor.webgpu.there": "Der Ton entsteht auf dem Grafikprozessor, nach einem Selbsttest, der dessen Zahlen vergleicht.",
  "doctor.webgpu.missing":
    "Der Ton entsteht stattdessen auf dem Prozessor, was länger dauert. Ein Software-Adapter gilt als fehlend.",
  "doctor.threads": "Threads",
  "doctor.threads.there": "Alle Prozessorkerne arbeiten am Ton.",
  "doctor.threads.missing":
    "Ein Kern arbeitet am Ton. Threads brauchen zwei Kopfzeilen vom Server oder einen Service Worker, der sie hinzufügt.",
  "doctor.video-decoding": "Dekodieren von Video",
  "doctor.video-decoding.there":
    "Videos in diesen Codecs öffnen sich bildgenau; andere werden abgelehnt, mit einem Satz, der sagt, was hilft.",
  "doctor.video-decoding.missing":
    "Dieser Browser kann keine einzelnen Bilder dekodieren, deshalb öffnet sich kein Video. Ein neuer Chrome, Edge, Firefox oder Safari kann es.",
  "doctor.sound-decoding": "Dekodieren von Ton",
  "doctor.sound-decoding.there": "Der Originalton eines Videos in diesen Codecs kann gezeigt, gemischt und behalten werden.",
  "doctor.sound-decoding.missing": "Der Originalton kann weder gezeigt noch gemischt werden; behalten lässt er sich, wie er ist.",
  "doctor.aac": "Kodieren von AAC",
  "doctor.aac.there": "Der Browser kodiert den Ton von MP4-Dateien.",
  "doctor.aac.missing": "Das übernimmt ein Encoder, der zum Studio gehört; er wird beim Speichern geladen.",
  "doctor.save-picker": "Speichern am gewählten Ort",
  "doctor.save-picker.there": "Sie wählen den Ort, und die Datei wird dort Stück für Stück geschrieben.",
  "doctor.save-picker.missing":
    "Die Datei wird zuerst im Speicher des Browsers geschrieben und dann in Ihren Ordner für Downloads geladen.",
  "doctor.file-system": "Privates Dateisystem",
  "doctor.file-system.there": "Projekte und Takes bleiben in diesem Browser.",
  "doctor.file-system.missing":
    "Beim Schließen der Seite bleibt nichts: Speichern Sie vorher Ihr Ergebnis. Private Fenster haben oft keinen Speicher.",
  "doctor.persistence": "Dauerhafter Speicher",
  "doctor.persistence.there": "Der Browser hat zugesagt, das Gespeicherte nicht zu löschen.",
  "doctor.persistence.missing":
    "Der Browser darf Projekte löschen, wenn der Platz knapp wird. Speichern Sie Wichtiges in eine Datei.",
  "doctor.service-worker": "Offline und Zählen",
  "doctor.service-worker.there": "Das Studio liegt in diesem Browser, und jede Anfrage wird gezählt.",
  "doctor.service-worker.missing": "Das Studio braucht bei jedem Öffnen seinen Server, und Anfragen werden nicht gezählt.",
  "privacy.title": "Datenschutz",
  "privacy.stays":
    "Ihr Video bleibt auf diesem Gerät. Es wird hier gelesen, der Ton entsteht hier, und das Ergebnis wird hier geschrieben. Es gibt kein Konto, und niemand erfährt, was Sie tun.",
  "privacy.count": "Anfragen seit {since}: {sent}, alle an diesen Ursprung.",
  "privacy.elsewhere":
    "Anfragen seit {since}: {sent}. Davon gingen {number} anderswohin, um Modelle zu laden, die Sie angefordert haben: {origins}.",
  "privacy.kept": "{kept} weitere wurden mit Dateien beantwortet, die in diesem Browser liegen, und gingen nirgendwohin.",
  "privacy.bodies": "Anfragen, die etwas mitgeschickt haben: {bodies}.",
  "privacy.unknown":
    "Anfragen lassen sich hier nicht zählen, weil dieser Browser keinen Service Worker erlaubt. Die Seite darf trotzdem nur ihre eigenen Dateien laden: Ihre Richtlinie verbietet anderes.",
  "privacy.how":
    "Es zählt der Service Worker des Studios, der jede Anfrage der Seite sieht. Die Entwicklerwerkzeuge Ihres Browsers zeigen dasselbe.",
};
