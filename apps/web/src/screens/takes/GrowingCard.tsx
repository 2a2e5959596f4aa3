/** A take that is still made: how much of it can be heard, and whether it is what is heard. */
import type { GrowingTake } from "../../app/session.js";
import { useSession, useView } from "../../app/use-session.js";
import { text } from "../../strings/text.js";
import { clockTime } from "../inspector/left-words.js";
import styles from "./Takes.module.css";

/** The last of the list while it grows. */
export function GrowingCard({ growing, number }: { readonly growing: GrowingTake; readonly number: number }) {
  const { view } = useSession();
  const heard = useView((state) => state.listenToGrowing);
  const { ready, samples, sampleRate } = growing;
  return (
    <li className={styles["take"]} data-heard={heard}>
      <button
        type="button"
        className={styles["choose"]}
        aria-pressed={heard}
        onClick={() => view.setState({ listenToGrowing: !heard, listenToOriginal: false })}
      >
        {text("takes.growing", { number })}
      </button>
      <p className={styles["facts"]}>
        {text("takes.growingFacts", { ready: clockTime(ready / sampleRate), seconds: clockTime(samples / sampleRate) })}
      </p>
    </li>
  );
}
