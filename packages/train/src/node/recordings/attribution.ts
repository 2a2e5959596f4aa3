/** Who made the recordings that a model was trained on: what their licences ask to be said, beside the weights. */
import { join } from "node:path";
import { writeFileAtomically } from "@foley-control/files/node";
import type { RecordingEntry } from "../../recordings/recording.js";

/** Name of the file. */
const ATTRIBUTION_FILE = "ATTRIBUTION.md";

/** A line per source and licence, sorted by author, with everything that was taken from it. */
export function attributionOf(recordings: readonly RecordingEntry[]): string {
  const rows = new Map<string, { readonly entry: RecordingEntry; readonly labels: Set<string> }>();
  for (const entry of recordings) {
    const key = JSON.stringify([entry.author, entry.source, entry.licence]);
    const row = rows.get(key) ?? { entry, labels: new Set() };
    row.labels.add(entry.label);
    rows.set(key, row);
  }
  const lines = [...rows]
    .sort(([a], [b]) => (a.toLowerCase() < b.toLowerCase() ? -1 : 1))
    .map(
      ([, { entry, labels }]) =>
        `| ${[authorOf(entry), [...labels].sort().join(", "), entry.licence, entry.source].map(cell).join(" | ")} |`,
    );
  return [
    "# Recordings that these weights were trained on",
    "",
    "They were changed: cut, made mono at 24 kHz, mixed, made louder, softer, higher and lower. None of them is in the files. Makers do not endorse the model.",
    "",
    "| author | sounds | licence | source |",
    "|---|---|---|---|",
    ...lines,
    "",
  ].join("\n");
}

/** Writes it into the folder of a stage, from where it is packed beside the weights. */
export const writeAttribution = (directory: string, recordings: readonly RecordingEntry[]): Promise<void> =>
  writeFileAtomically(join(directory, ATTRIBUTION_FILE), (file) =>
    file.write(new TextEncoder().encode(attributionOf(recordings))),
  );

/** An author that is only a mark of the list that a recording was taken from stands at its source. */
const authorOf = ({ author }: RecordingEntry): string => (/^\[.*\]\(#.*\)$/.test(author) ? "named at the source" : author);

const cell = (text: string): string => text.replace(/[|\\[\]]/g, "\\$&").replace(/\s+/g, " ");
