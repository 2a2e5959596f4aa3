/** What computes. */
import { type StringKey, text } from "../../strings/text.js";
import { useEngineState } from "../common/use-engine.js";

/** What computes, in a few words; why it is not something faster is its title, and in the dialog of models. */
export function EngineStatus() {
  const state = useEngineState();
  switch (state.phase) {
    case "off":
      return <span>{text("engine.status.off")}</span>;
    case "starting":
      return (
        <span>
          {state.again} {text(state.what as StringKey)} · {Math.round(100 * state.share)} %
        </span>
      );
    case "ready":
      return (
        <span title={state.reasons.join(" ")}>
          {text("engine.status.ready", { kind: text(`engine.kind.${state.kind}`), model: state.model.name })}
        </span>
      );
    case "failed":
      return <span role="alert">{text("engine.status.failed", { reason: state.message })}</span>;
  }
}
