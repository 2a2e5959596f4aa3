/** What computes, and how far it is. */
import type { engine as words } from "../en/engine.js";

export const engine: Record<keyof typeof words, string> = {
  "engine.starting.code": "Das Rechenwerk wird geladen",
  "engine.starting.weights": "Das Modell wird geladen",
  "engine.starting.engine": "Das Rechenwerk startet",
  "engine.starting.networks": "Die Netze werden vorbereitet",
  "engine.starting.encoders": "Was Dateien schreibt, wird geladen",
  "engine.status.off": "Das Rechenwerk startet, sobald es gebraucht wird",
  "engine.status.ready": "Bereit: {kind} · {model}",
  "engine.status.failed": "Das Rechenwerk startet nicht: {reason}",
  "engine.kind.webgpu": "Grafikprozessor (WebGPU)",
  "engine.kind.wasm-threads": "Prozessor, mehrere Threads",
  "engine.kind.wasm": "Prozessor, ein Thread",
  "engine.reason.noGpu": "Dieser Browser oder diese Seite hat kein WebGPU.",
  "engine.reason.noAdapter":
    "Der Browser bietet keinen Grafikprozessor an. Vielleicht ist die Hardwarebeschleunigung ausgeschaltet.",
  "engine.reason.software":
    "WebGPU wird hier in Software nachgebildet: Ein Clip würde damit womöglich nie fertig. Es wird nicht verwendet.",
  "engine.reason.slow":
    "Der Grafikprozessor brauchte {seconds} s für das, was der Prozessor in weniger als einer Sekunde schafft. Er wird nicht verwendet.",
  "engine.reason.wrong": "Der Grafikprozessor hat im Selbsttest falsch gerechnet und wird nicht benutzt.",
  "engine.reason.stopped":
    "Der Selbsttest auf dem Grafikprozessor brach ab; er wird nicht benutzt. Der Browser meldet: „{reason}“",
  "engine.reason.missing": "Der Grafikprozessor startet nicht. Der Browser meldet: „{reason}“",
  "engine.reason.failed": "Der Grafikprozessor ließ sich nicht starten. {reason}",
  "engine.reason.notIsolated": "Die Seite ist nicht von anderen getrennt, deshalb darf nur ein Thread rechnen.",
  "engine.reason.oneProcessor": "Dieses Gerät hat einen einzigen Prozessor.",
  "engine.reason.threads": "Die Threads des Rechenwerks sind nicht gestartet; es läuft auf einem.",
  "engine.ended": "Die Berechnung wurde beendet.",
  "engine.endedHint": "Starten Sie sie noch einmal.",
  "engine.again.device": "Der Grafikprozessor ist ausgefallen. Das Rechenwerk wurde neu gestartet.",
  "engine.again.worker": "Das Rechenwerk hat unerwartet aufgehört. Es wurde neu gestartet.",
};
