/** What a take is made with besides its prompt. */
import { useId } from "react";
import { useSession } from "../../app/use-session.js";
import { setNegativePrompt, setSeed, setSeedLocked, setSteps, setVideoStrength } from "../../document/commands.js";
import type { Cue } from "../../document/document.js";
import { randomSeed } from "../../document/new-document.js";
import { text } from "../../strings/text.js";
import { NumberField } from "../common/NumberField.js";
import { RangeField } from "../common/RangeField.js";
import { useEngineState } from "../common/use-engine.js";
import { useGestureField } from "../common/use-gesture-field.js";
import styles from "./Inspector.module.css";

/** Negative prompt, seed, how much the picture counts. */
export function SoundSettings({ cue, readOnly }: { readonly cue: Cue; readonly readOnly: boolean }) {
  const { store } = useSession().project;
  const negative = useGestureField(cue.negativePrompt, (prompt) => setNegativePrompt(cue.id, prompt));
  const id = useId();
  return (
    <details className={styles["settings"]}>
      <summary>{text("inspector.settings")}</summary>
      <div className={styles["field"]}>
        <label htmlFor={id}>{text("inspector.negative")}</label>
        <input {...negative} {...{ id, readOnly }} type="text" />
      </div>
      <RangeField
        label={text("inspector.videoStrength")}
        {...{ value: cue.videoStrength, range: [0, 2], step: 0.05, digits: 2, readOnly }}
        make={(value) => setVideoStrength(cue.id, value)}
      />
      <Steps {...{ cue, readOnly }} />
      <div className={styles["seed"]}>
        <span aria-hidden="true">{text("inspector.seed")}</span>
        <NumberField
          label={text("inspector.seed")}
          {...{ value: cue.seed, digits: 0, step: 1, readOnly }}
          onNumber={(seed) => store.dispatch(setSeed(cue.id, seed))}
        />
        <button
          type="button"
          disabled={readOnly}
          title={text("inspector.dice")}
          aria-label={text("inspector.dice")}
          onClick={() => store.dispatch(setSeed(cue.id, randomSeed()))}
        >
          <span aria-hidden="true">⚄</span>
        </button>
        <button
          type="button"
          disabled={readOnly}
          title={text("inspector.lockHint")}
          aria-pressed={cue.seedLocked}
          onClick={() => store.dispatch(setSeedLocked(cue.id, !cue.seedLocked))}
        >
          {text("inspector.lock")}
        </button>
      </div>
    </details>
  );
}

/** How finely full takes are made; shown once the model says what is usual. */
function Steps({ cue, readOnly }: { readonly cue: Cue; readonly readOnly: boolean }) {
  const { store } = useSession().project;
  const engine = useEngineState();
  const usual = engine.phase === "ready" ? engine.steps.refined : undefined;
  const value = cue.steps ?? usual;
  if (value === undefined) return null;
  return (
    <div className={styles["row"]}>
      <span aria-hidden="true">{text("inspector.steps")}</span>
      <NumberField
        label={text("inspector.steps")}
        {...{ value, digits: 0, step: 1, min: 1, readOnly }}
        onNumber={(steps) => store.dispatch(setSteps(cue.id, steps, usual))}
      />
    </div>
  );
}
