/** One take: what it was made with, and what can be done with it. */
import { useRef } from "react";
import { useSession, useView } from "../../app/use-session.js";
import { chooseTake, removeTake, starTake } from "../../document/commands.js";
import type { Cue, TakeReference } from "../../document/document.js";
import { decimal } from "../../strings/numbers.js";
import { text } from "../../strings/text.js";
import { useInSight } from "../common/use-in-sight.js";
import { differenceWords, rangeWords } from "./difference-words.js";
import { settingsDiff } from "./settings-diff.js";
import styles from "./Takes.module.css";

/** A take in the list. */
export function TakeCard({
  cue,
  take,
  number,
  chosen,
  readOnly,
}: {
  readonly cue: Cue;
  readonly take: TakeReference;
  readonly number: number;
  readonly chosen: TakeReference | undefined;
  readonly readOnly: boolean;
}) {
  const { project, view } = useSession();
  const { store } = project;
  const { settings, loudness, draft, starred, onsets } = take;
  const growing = useView((state) => state.listenToGrowing && state.job?.growing !== undefined && state.job.cue === cue.id);
  const heard = take.id === chosen?.id && !growing;
  const card = useRef<HTMLLIElement>(null);
  useInSight(card, heard);
  const differences = chosen && !heard ? settingsDiff(settings, chosen.settings) : [];
  const choose = (): void => {
    view.setState({ listenToOriginal: false, listenToGrowing: false });
    store.dispatch(chooseTake(cue.id, take.id));
  };
  return (
    <li ref={card} className={styles["take"]} data-heard={heard}>
      <div className={styles["line"]}>
        <button type="button" className={styles["choose"]} aria-pressed={heard} disabled={readOnly} onClick={choose}>
          {text("takes.take", { number })} {draft && <span className={styles["draft"]}>{text("takes.draft")}</span>}
        </button>
        <button
          type="button"
          aria-pressed={starred}
          aria-label={text("takes.star", { number })}
          disabled={readOnly}
          onClick={() => store.dispatch(starTake(cue.id, take.id, !starred))}
        >
          <span aria-hidden="true">{starred ? "★" : "☆"}</span>
        </button>
        <button
          type="button"
          aria-label={text("takes.remove", { number })}
          disabled={readOnly}
          onClick={() => store.dispatch(removeTake(cue.id, take.id))}
        >
          <span aria-hidden="true">✕</span>
        </button>
      </div>
      <p className={styles["facts"]}>
        {settings.prompt === "" ? text("takes.noPrompt") : text("app.quoted", { words: settings.prompt })}
        <br />
        {text("takes.facts", {
          seed: settings.seed,
          steps: settings.steps,
          loudness: loudness <= -200 ? "−∞" : decimal(loudness, 1).replace("-", "−"),
          onsets: onsets.length,
        })}
        {settings.anew && (
          <>
            <br />
            {text("takes.anew", { range: rangeWords(settings.anew) })}
          </>
        )}
      </p>
      {differences.length > 0 && (
        <details className={styles["why"]}>
          <summary>{text("takes.why")}</summary>
          <ul>
            {differences.map((difference) => (
              <li key={difference.what}>{differenceWords(difference)}</li>
            ))}
          </ul>
        </details>
      )}
      {chosen && !heard && differences.length === 0 && <p className={styles["facts"]}>{text("takes.same")}</p>}
    </li>
  );
}
