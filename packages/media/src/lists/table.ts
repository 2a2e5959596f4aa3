/** Lists of one's own: CSV with a header, or JSON lines, with the columns of {@link TABLE_COLUMNS}. */
import { parseCsvTable, parseJsonLines, secondsOf, type Wrong } from "./csv.js";
import type { ListedClip } from "./listed-clip.js";

/** Columns that are understood; only the first must be there. Others are left alone. */
export const TABLE_COLUMNS = ["video", "text", "texts", "start", "seconds", "end", "split", "events"] as const;

/** `video,text,start,seconds,end,split,events`: `end` stands for `seconds`; events are separated by blanks. */
export function* parseClipCsv(text: string, name: string): Generator<ListedClip, void, undefined> {
  for (const { row, wrong } of parseCsvTable(text, name, ["video"])) {
    const given = (column: string): string | undefined => (row[column] === "" ? undefined : row[column]);
    const seconds = (column: string) => given(column) && secondsOf(row[column], column, wrong);
    const events = given("events")?.split(/[\s;]+/);
    const entry = {
      video: row["video"],
      text: given("text"),
      start: seconds("start"),
      seconds: seconds("seconds"),
      end: seconds("end"),
      split: given("split"),
      events: events?.map((time) => secondsOf(time, "events", wrong)),
    };
    yield clipOf(entry, wrong);
  }
}

/** One object per line with the same names; `texts` is a list of captions. */
export function* parseClipJsonl(text: string, name: string): Generator<ListedClip, void, undefined> {
  for (const { entry, wrong } of parseJsonLines(text, name)) {
    if (typeof entry !== "object" || entry === null || Array.isArray(entry))
      throw wrong("is no object", 'Write {"video": "clip.mp4", "text": "…"}.');
    yield clipOf(entry as Record<string, unknown>, wrong);
  }
}

function clipOf(entry: Record<string, unknown>, wrong: Wrong): ListedClip {
  const { video, text, texts, start, seconds, end, split, events } = entry;
  const given = (value: unknown): boolean => value !== undefined && value !== null;
  const fail = (what: string): Error => wrong(what, `Known are ${TABLE_COLUMNS.join(", ")}.`);
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
