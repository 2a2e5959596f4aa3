/** A batch as a page: what failed and why, the first takes to see and hear, and a table of all. */
import { basename } from "node:path";
import { escape, onsets, page, player, type Section, table } from "@foley-control/report";
import { counts, lineOf, type Outcome, type TakeOutcome } from "./outcome.js";

/** Takes that are played; a browser that opens thousands of videos does nothing else. */
const PLAYED = 40;

/** The whole page. It lies in the output folder. */
export function batchPage({ takes, parts, folder }: Outcome): string {
  const { made, kept, failed, left } = counts(takes);
  const there = takes.filter(({ finished }) => finished);
  const sections: Section[] = [
    {
      heading: "Counts",
      body: table(
        ["what", "takes"],
        [
          ["made now", made],
          ["made before, of the same", kept],
          ["failed", failed],
          ["not reached", left],
        ],
      ),
    },
  ];
  if (failed > 0)
    sections.push({
      heading: "What failed",
      body: table(
        ["row", "clip", "why"],
        takes
          .filter(({ error }) => error)
          .map((take) => {
            const { row, clip, error } = lineOf(take, parts);
            return [row, clip, error?.message];
          }),
      ),
    });
  if (there.length > 0)
    sections.push({
      heading: "Takes",
      note: `${there.length > PLAYED ? `The first ${PLAYED} of ${there.length}. ` : ""}Ticks are times of what was to be heard, and of what sounds. Commands are typed in ${folder}.`,
      body: there
        .slice(0, PLAYED)
        .map((take) => takeBody(take, parts))
        .join("\n"),
    });
  sections.push({
    heading: "All",
    body: table(
      ["row", "clip", "take", "status", "file", "prompt", "seed", "duration (s)", "made in (s)"],
      takes.map((take) => {
        const { row, clip, take: number, status, prompt, seed, duration, seconds } = lineOf(take, parts);
        return [
          row,
          clip,
          number,
          status,
          take.planned.names.join(" "),
          prompt,
          seed,
          duration ?? undefined,
          seconds ?? undefined,
        ];
      }),
    ),
  });
  return page({ title: "A batch of sounds", lead: `${made + kept} of ${takes.length} takes are there.`, sections });
}

function takeBody({ planned, finished }: TakeOutcome, parts: readonly string[]): string {
  const { row, take, takes, names, outputs } = planned;
  const { prompt, seed, start, duration, command } = lineOf({ planned, finished, status: "made" }, parts);
  const plot =
    finished?.events && finished.onsets && duration !== null && start !== null
      ? onsets({
          seconds: start + duration,
          rows: [
            { name: "to be heard", times: finished.events },
            { name: "heard", times: finished.onsets },
          ],
        })
      : "";
  const players = [outputs.video, outputs.audio].flatMap((path, i) =>
    path === undefined
      ? []
      : [player({ kind: i === 0 ? "video" : "audio", source: encodeURIComponent(basename(path)), caption: basename(path) })],
  );
  return [
    `<h3>${escape(`${row.number}: ${names[0]}${takes > 1 ? ` (take ${take} of ${takes})` : ""}`)}</h3>`,
    `<p>${escape(`${prompt === "" ? "No prompt" : prompt} · seed ${seed}`)}</p>`,
    plot,
    ...players,
    ...(finished?.warnings ?? []).map((warning) => `<p class="note">${escape(warning)}</p>`),
    `<p><code>${escape(command ?? "")}</code></p>`,
  ].join("\n");
}
