/** Was an einem Video, das geöffnet wird, falsch oder seltsam ist. */
import type { clip as words } from "../en/clip.js";

export const clip: Record<keyof typeof words, string> = {
  "clip.undecodable": "Das Bild von „{name}“ kann dieser Browser nicht dekodieren.",
  "clip.convert": "Wandeln Sie es in H.264 in mp4 oder in VP9 in webm um.",
  "clip.decodedBy.hevc": "Safari kann es, ebenso Chrome und Edge, wo der Grafikprozessor es kann.",
  "clip.decodedBy.av1": "Chrome, Edge und Firefox können es, Safari auf neuen Geräten.",
  "clip.decodedBy.vp9": "Chrome, Edge und Firefox können es.",
  "clip.decodedBy.vp8": "Chrome, Edge und Firefox können es.",
  "clip.decodedBy.avc": "Es hat vielleicht ein Profil, das Browser nicht haben, etwa 10 Bit oder 4:2:2.",
  "clip.decodedBy.none": "Kein Browser kann es.",
  "clip.noPicture": "„{name}“ hat kein Bild.",
  "clip.noPictureHint": "Nehmen Sie eine Videodatei.",
  "clip.stopped": "Was „{name}“ liest, wurde beendet: {reason}.",
  "clip.notStarted": "es konnte nicht starten",
  "clip.stoppedHint": "Öffnen Sie das Video noch einmal.",
  "clip.endless": "„{name}“ hält das Lesen ohne Ende auf: Die Datei ist beschädigt.",
  "clip.endlessHint": "Kopieren oder laden Sie sie noch einmal, oder wandeln Sie sie um.",
  "clip.closed": "„{name}“ wurde geschlossen.",
  "clip.closedHint": "Öffnen Sie es noch einmal.",
  "clip.oddSound":
    "Der Ton von „{name}“ hat ein Format ({codec}), das dieser Browser nicht dekodieren kann. Er kann unverändert bleiben oder ersetzt werden.",
};
