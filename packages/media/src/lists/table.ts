/** Lists of one's own: CSV with a header, or JSON lines, with the columns of {@link TABLE_COLUMNS}. */
import { parseCsvTable, secondsOf, wrong } from "./csv.js";
import type { ListedClip } from "./listed-clip.js";

/** Columns that are understood; only the first must be there. Others are left alone. */
export const TABLE_COLUMNS = ["video", "text", "texts", "start", "seconds", "end", "split", "events"] as const;

/** `video,text,start,seconds,end,split,events`: `end` stands for `seconds`; events are separated by blanks. */
export function* parseClipCsv(text: string, name: string): Generator<ListedClip, void, undefined> {
  for (const { line, row } of parseCsvTable(text, name, ["video"])) {
    const given = (column: string): string | undefined => (row[column] === "" ? undefined : row[column]);
    yield clipOf(
      {
        video: row["video"],
        text: given("text"),
        start: given("start") && secondsOf(row["start"], name, line, "start"),
        seconds: given("seconds") && secondsOf(row["seconds"], name, line, "seconds"),
        end: given("end") && secondsOf(row["end"], name, line, "end"),
        split: given("split"),
        events: given("events")
          ?.split(/[\s;]+/)
          .map((time) => secondsOf(time, name, line, "events")),
      },
      name,
      line,
    );
  }
}

/** One object per line with the same names; `texts` is a list of captions. */
export function* parseClipJsonl(text: string, name: string): Generator<ListedClip, void, undefined> {
  let line = 0;
  for (const part of text.split("\n")) {
    line++;
    if (part.trim() === "") continue;
    let entry: unknown;
    try {
      entry = JSON.parse(part);
    } catch {
      throw wrong(name, line, "is no JSON", "Every line must be one object.");
    }
    if (typeof entry !== "object" || entry === null || Array.isArray(entry))
      throw wrong(name, line, "is no object", 'Write {"video": "clip.mp4", "text": "…"}.');
    yield clipOf(entry as Record<string, unknown>, name, line);
  }
}

function clipOf(entry: Record<string, unknown>, name: string, line: number): ListedClip {
  const { video, text, texts, start, seconds, end, split, events } = entry;
  const given = (value: unknown): boolean => value !== undefined && value !== null;
  const fail = (what: string): Error => wrong(name, line, what, `Known are ${TABLE_COLUMNS.join(", ")}.`);
  const time = (value: unknown): value is number => typeof value === "number" && value >= 0 && Number.isFinite(value);
  if (typeof video !== "string" || video === "") throw fail("does not name its video");
  for (const [key, value] of Object.entries({ start, seconds, end }))
    if (given(value) && !time(value)) throw fail(`has ${JSON.stringify(value)} as ${key}; seconds were expected`);
  if (given(seconds) && given(end)) throw fail("has both seconds and end");
  const from = given(start) ? (start as number) : 0;
  const length = given(seconds) ? (seconds as number) : given(end) ? (end as number) - from : undefined;
  if (length !== undefined && !(length > 0)) throw fail(`is ${length} s long; more than 0 was expected`);
  const captions = given(texts) ? texts : given(text) ? [text] : [];
  if (!Array.isArray(captions) || captions.some((caption) => typeof caption !== "string"))
    throw fail("has captions that are no text");
  if (given(split) && typeof split !== "string") throw fail("has a split that is no text");
  if (given(events) && !(Array.isArray(events) && events.every(time))) throw fail("has events that are no list of seconds");
  return {
    files: [{ name: video, start: from }],
    seconds: length,
    texts: (captions as string[]).filter((caption) => caption.trim() !== ""),
    ...(given(split) ? { split: split as string } : {}),
    ...(given(events) ? { events: events as number[] } : {}),
  };
}
