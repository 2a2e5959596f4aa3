/** What computes, and what else could, each with the reason why not. */
import { useEffect, useState } from "react";
import { useStudio } from "../../app/use-studio.js";
import type { EngineChoice, EngineKind } from "../../engine/engine.js";
import { type StringKey, text } from "../../strings/text.js";
import { ProblemWords } from "../common/ProblemWords.js";
import { useEngineState } from "../common/use-engine.js";
import styles from "./Models.module.css";

/** Kinds of engine to choose from. */
export function EngineSection() {
  const { engine } = useStudio();
  const state = useEngineState();
  const [choices, setChoices] = useState<readonly EngineChoice[]>([]);
  useEffect(() => {
    void engine.choices().then(setChoices);
  }, [engine]);
  const kind = state.phase === "ready" || state.phase === "starting" ? state.kind : undefined;
  const choose = (wanted?: EngineKind): void => {
    engine.start(wanted).catch(() => undefined); // shown as its state
  };
  return (
    <section className={styles["section"]} aria-labelledby="models-engine">
      <h3 id="models-engine">{text("models.engine")}</h3>
      <p>
        {state.phase === "off" && text("models.engineOff")}
        {state.phase === "starting" && `${text(state.what as StringKey)} · ${Math.round(100 * state.share)} %`}
        {state.phase === "ready" &&
          text("models.engineReady", {
            kind: text(`engine.kind.${state.kind}`),
            threads: state.threads,
            build: state.build ?? "?",
          })}
        {state.phase === "failed" && <ProblemWords problem={state} />}
      </p>
      {state.phase === "ready" && state.reasons.map((reason) => <p key={reason}>{reason}</p>)}
      <fieldset className={styles["choices"]}>
        <legend className="only-heard">{text("models.engineChoose")}</legend>
        {choices.map(({ kind: one, usable, reason }) => (
          <label key={one}>
            <input type="radio" name="engine" checked={kind === one} disabled={!usable} onChange={() => choose(one)} />
            <span>
              {text(`engine.kind.${one}`)}
              {reason && <span className={styles["quiet"]}> {reason}</span>}
            </span>
          </label>
        ))}
      </fieldset>
      <button type="button" onClick={() => choose()}>
        {text(state.phase === "failed" ? "models.engineAgain" : "models.engineBest")}
      </button>
    </section>
  );
}
