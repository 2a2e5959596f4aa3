/**
 * `npm run bench -- quality`: what a small model can do, on rendered scenes that it was never trained on. Every clip is written as a real video file
 * and goes the whole road: decoding, video encoder, sampler, codec.
 *
 *     npm run bench -- quality --scenes 500 --model FOLDER --json
 *
 * - impacts: onsets of the sound against the true contacts, with the clip's own video, with another clip's, without one, with a prompt that
 *   contradicts the picture; class and material as an independent listener hears them.
 * - continuous: loudness over time against that of the scene's own sound.
 * - silent: whether motion that makes no sound stays silent.
 * - the condition `rendered` is the scene's own sound through the codec: what a perfect model would score, and how far the codec is off.
 *
 * What is done is kept in `--journal`; a second call with the same model and settings goes on. `--parts impacts,silent` and
 * `--only "video,rendered"` leave something out; `--scenes` counts the impacts, the other parts go with it.
 */
import { parseArgs } from "node:util";
import { ANALYSIS_VERSION, type HeardTrial, hear, nameOf } from "./quality/hearing.js";
import { openJournal } from "./quality/journal.js";
import { DEFAULT_LISTENER_CLIPS, trainListener } from "./quality/listener.js";
import { medianSeconds, tablesOf, textTable } from "./quality/report.js";
import { openSubject } from "./quality/subject.js";
import { CONDITIONS, PARTS, type Part, planTrials } from "./quality/trials.js";

const { values } = parseArgs({
  options: {
    scenes: { type: "string", default: "200" },
    model: { type: "string" },
    json: { type: "boolean", default: false },
    guidance: { type: "string" },
    "video-guidance": { type: "string" },
    steps: { type: "string" },
    parts: { type: "string" },
    only: { type: "string" },
    listener: { type: "string", default: String(DEFAULT_LISTENER_CLIPS) },
    journal: { type: "string", default: "out/quality.jsonl" },
    threads: { type: "string" },
  },
});

/** The names of a list that exist; all of them when there is no list. */
function chosen<T extends string>(option: string, list: string | undefined, known: readonly T[]): readonly T[] {
  if (list === undefined) return known;
  return list.split(",").map((name) => {
    const found = known.find((one) => one === name.trim());
    if (found === undefined) throw new Error(`--${option} names "${name}"; it knows ${known.join(", ")}.`);
    return found;
  });
}

const number = (text: string | undefined): number | undefined => (text === undefined ? undefined : Number(text));
const optional = <K extends string>(name: K, value: number | undefined): { readonly [key in K]?: number } =>
  (value === undefined ? {} : { [name]: value }) as { readonly [key in K]?: number };

/** Tells how much is done and how long the rest takes, every ten seconds. */
function progress(what: string): (done: number, total: number, note?: string) => void {
  const begun = performance.now();
  let first: number | undefined;
  let told = begun;
  return (done, total, note = "") => {
    first ??= done;
    const now = performance.now();
    if (now - told < 10_000 && done < total) return;
    told = now;
    const left = ((now - begun) / Math.max(1, done - first)) * (total - done);
    process.stderr.write(`${what} ${done} of ${total}, ${Math.ceil(left / 60_000)} min left${note}\n`);
  };
}

const parts = chosen("parts", values.parts, Object.keys(PARTS) as Part[]);
const conditions = chosen("only", values.only, CONDITIONS);
const sampling = {
  ...optional("guidanceScale", number(values.guidance)),
  ...optional("videoGuidanceScale", number(values["video-guidance"])),
  ...optional("steps", number(values.steps)),
};
const subject = await openSubject(values.model, sampling, number(values.threads));
const journalOf = (digest: string, settings: object) =>
  openJournal(values.journal, `${digest.slice(0, 16)} ${JSON.stringify(settings)} ${ANALYSIS_VERSION}`);
// What has to do with the codec alone holds for every model that has it.
const ofModel = journalOf(subject.digest, sampling);
const ofCodec = journalOf(subject.codecDigest, {});

const trials = planTrials(Number(values.scenes), parts, conditions);
const journalFor = (condition: string) => (condition === "rendered" ? ofCodec : ofModel);
const missing = trials.filter((trial) => journalFor(trial.condition).get(nameOf(trial)) === undefined).length;
const tell = progress("clips");
const all: HeardTrial[] = [];
let made = 0;
for (const trial of trials) {
  const before = journalFor(trial.condition).get(nameOf(trial)) === undefined;
  all.push(await hear(subject, trial, journalFor(trial.condition)));
  if (before) tell(++made, missing, `: ${nameOf(trial)}`);
}
const clips = Number(values.listener);
const listener = clips > 0 ? await trainListener(subject, ofCodec, clips, progress("listener")) : undefined;
await subject.dispose();

const tables = tablesOf(all, listener);
const seconds = medianSeconds(all);
if (values.json)
  process.stdout.write(`${JSON.stringify({ model: subject.digest, sampling, medianSeconds: seconds, ...tables }, null, 2)}\n`);
else
  process.stdout.write(
    `${textTable("Onsets against contacts", tables.sync)}${textTable("Class and material as the listener hears them", tables.recognition)}${textTable("Loudness over time, correlations", tables.following)}${textTable("Silent motion, share below −50 dBFS RMS", tables.silence)}${textTable("What the codec changes", tables.codec)}${seconds.toFixed(2)} s per clip\n`,
  );
