/** Was seltsam ist, ohne dass es die Arbeit aufhält: Pakete melden es mit einem Code, ihr eigener Satz ist englisch. */
import type { WarningWords } from "../error-words.js";

export const warnings: WarningWords = {
  truncated: "Das Video ist abgeschnitten: Das Ende fehlt.",
  "no-frames": "Das Video hat eine Bildspur ohne ein einziges Bild.",
  "starts-late":
    "Das Video beginnt mitten in einer Bildgruppe: Die ersten {seconds} s seines Bildes lassen sich nicht dekodieren.",
  "unread-picture": "Das Bild des Videos ist {codec}. Das wird hier nicht gelesen.",
  "unknown-colours": "Die Farben des Videos können falsch sein: Die Matrix seines Bildes, Code {code}, ist hier nicht bekannt.",
  "sound-lost": "Der Ton des Videos lässt sich ab {seconds} s nicht dekodieren und ist dort still.",
  "frames-held":
    "{count} von {total} Bildern lassen sich nicht dekodieren, das erste bei {seconds} s. Ein Nachbarbild wird an ihrer Stelle gezeigt.",
  "turned-down": "Beide Töne zusammen waren zu laut: An den Spitzen sind sie um bis zu {decibels} dB leiser.",
  "metadata-lost":
    "Die neue Datei hat das Bild des Videos, aber nicht alles, was daneben stand: Untertitel, Kapitel oder Aufnahmeort fehlen.",
  "events-outside": "{count} von {total} Ereignissen liegen außerhalb des Abschnitts, der Ton bekommt, und sind nicht zu hören.",
  "no-bridge": "Dieses Modell sieht das Bild nicht: Nur die Beschreibung bestimmt, was zu hören ist.",
  "unknown-words": "Das Modell kennt diese Wörter nicht: {words}.",
  slow: "Die Netze werden langsamer berechnet, als es auf diesem Gerät möglich wäre.",
  "not-kept": "Fertige Teile werden nicht aufgehoben; was unterbrochen wird, beginnt von vorn. Der Grund: „{reason}“",
  "clip-changed": "Das Video ist nicht mehr das, für das der Ton gemacht wurde: Länge, Größe oder Codec des Bildes sind anders.",
};
