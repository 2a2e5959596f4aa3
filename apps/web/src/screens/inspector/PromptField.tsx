/** What it should sound like: one large field in which Enter makes a take. Words that the model does not know are named below it. */
import { type KeyboardEvent, useId } from "react";
import { useSession } from "../../app/use-session.js";
import { setPrompt } from "../../document/commands.js";
import type { Cue } from "../../document/document.js";
import { text } from "../../strings/text.js";
import { useEngineState } from "../common/use-engine.js";
import { useGestureField } from "../common/use-gesture-field.js";
import styles from "./Inspector.module.css";

/** The prompt. */
export function PromptField({ cue, readOnly }: { readonly cue: Cue; readonly readOnly: boolean }) {
  const session = useSession();
  const field = useGestureField(cue.prompt, (prompt) => setPrompt(cue.id, prompt));
  const id = useId();
  const onKeyDown = (event: KeyboardEvent<HTMLTextAreaElement>): void => {
    field.onKeyDown(event);
    // Not while an input method puts a character together, nor with Shift, which breaks the line.
    if (event.key !== "Enter" || event.shiftKey || event.nativeEvent.isComposing) return;
    event.preventDefault();
    field.onBlur();
    if (!readOnly) void session.make(cue.id);
  };
  return (
    <div className={styles["prompt"]}>
      <label htmlFor={id}>{text("inspector.prompt")}</label>
      <textarea
        {...field}
        {...{ id, readOnly, onKeyDown }}
        rows={2}
        placeholder={text("inspector.promptExample")}
        aria-describedby={`${id}-unknown`}
        // biome-ignore lint/a11y/noAutofocus: what comes next is to say what it should sound like
        autoFocus={cue.prompt === "" && cue.takes.length === 0}
      />
      <UnknownWords id={`${id}-unknown`} prompt={cue.prompt} />
    </div>
  );
}

/** Words of a prompt that change nothing. */
function UnknownWords({ id, prompt }: { readonly id: string; readonly prompt: string }) {
  const { engine } = useSession();
  const ready = useEngineState().phase === "ready";
  const words = ready ? engine.unknownWords(prompt) : [];
  return (
    <p {...{ id }} className={styles["unknown"]}>
      {words.length > 0 &&
        text("inspector.unknownWords", { words: words.map((word) => text("app.quoted", { words: word })).join(", ") })}
    </p>
  );
}
