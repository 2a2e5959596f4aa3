/** The takes of a cue, side by side: one is heard, others can be, in its place and without losing the position. */
import { useStore } from "zustand";
import { useSession, useView } from "../../app/use-session.js";
import { text } from "../../strings/text.js";
import { useCue } from "../common/use-cue.js";
import { GrowingCard } from "./GrowingCard.js";
import { TakeCard } from "./TakeCard.js";
import styles from "./Takes.module.css";

/** The takes of a cue. */
export function TakesPane() {
  const { project, view, clip } = useSession();
  const cue = useCue();
  const readOnly = useStore(project.store, (state) => state.readOnly);
  const original = useView((state) => state.listenToOriginal);
  const equal = useView((state) => state.equalLoudness);
  const job = useView((state) => state.job);
  const growing = job?.cue === cue?.id ? job?.growing : undefined;
  if (cue === undefined || (cue.takes.length === 0 && growing === undefined)) return null;
  const chosen = cue.takes.find(({ id }) => id === cue.chosen);
  return (
    <section className={styles["pane"]} aria-labelledby="takes-title">
      <header>
        <h2 id="takes-title">{text("takes.title")}</h2>
        {clip?.info.sound && (
          <button type="button" aria-pressed={original} onClick={() => view.setState({ listenToOriginal: !original })}>
            {text("takes.original")}
          </button>
        )}
        {cue.takes.length > 1 && (
          <button
            type="button"
            aria-pressed={equal}
            title={text("takes.equalHint")}
            onClick={() => view.setState({ equalLoudness: !equal })}
          >
            {text("takes.equal")}
          </button>
        )}
      </header>
      <ul className={styles["list"]} aria-labelledby="takes-title">
        {cue.takes.map((take, index) => (
          <TakeCard key={take.id} number={index + 1} {...{ cue, take, chosen, readOnly }} />
        ))}
        {growing && <GrowingCard growing={growing} number={cue.takes.length + 1} />}
      </ul>
    </section>
  );
}
