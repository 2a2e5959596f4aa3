/** The model: the one that the studio brings, or one from a folder of the person's own. */
import { type ChangeEvent, useRef, useState } from "react";
import { type Problem, toProblem } from "../../app/problem.js";
import { useStudio } from "../../app/use-studio.js";
import { EMBEDDED_MODEL } from "../../engine/create-engine.js";
import type { ModelSource } from "../../engine/engine.js";
import { type FoundFile, filesOfHandle, filesOfInput, modelOfFiles } from "../../models/folder.js";
import { text } from "../../strings/text.js";
import { useEngineState } from "../common/use-engine.js";
import { ModelFacts } from "./ModelFacts.js";
import styles from "./Models.module.css";

/** The part of the browser that may be missing. */
type PickFolder = (options: { readonly mode: "read" }) => Promise<FileSystemDirectoryHandle>;

/** Models to choose from; each can be checked. */
export function ModelSection() {
  const { engine } = useStudio();
  const state = useEngineState();
  const [own, setOwn] = useState<ModelSource>();
  const [used, setUsed] = useState<string>();
  const [problem, setProblem] = useState<Problem>();
  const [busy, setBusy] = useState(false);
  const input = useRef<HTMLInputElement>(null);
  const current = (state.phase === "ready" ? state.model.id : used) ?? EMBEDDED_MODEL.id;

  const tried = async (work: () => Promise<void>): Promise<void> => {
    setBusy(true);
    setProblem(undefined);
    await work().catch((error: unknown) => setProblem(toProblem(error)));
    setBusy(false);
  };
  const use = (model: ModelSource): Promise<void> =>
    tried(async () => {
      setUsed(model.id);
      await engine.use(model);
    });
  const take = (find: () => Promise<readonly FoundFile[]>): Promise<void> =>
    tried(async () => {
      const model = modelOfFiles(await find());
      const { checkModel } = await import("../../models/check.js");
      await checkModel(await model.files());
      setOwn(model);
      setUsed(model.id);
      await engine.use(model);
    });
  const choose = (): void => {
    const pick = (globalThis as { readonly showDirectoryPicker?: PickFolder }).showDirectoryPicker;
    if (pick === undefined) input.current?.click();
    else void take(async () => filesOfHandle(await pick({ mode: "read" })));
  };
  const models = [EMBEDDED_MODEL, ...(own ? [own] : [])];
  return (
    <section className={styles["section"]} aria-labelledby="models-model">
      <h3 id="models-model">{text("models.model")}</h3>
      <ul className={styles["models"]}>
        {models.map((model) => (
          <li key={model.id}>
            <label>
              <input type="radio" name="model" disabled={busy} checked={current === model.id} onChange={() => void use(model)} />
              <strong>{model.name}</strong>
            </label>
            <p className={styles["quiet"]}>{text(model === own ? "models.ownHint" : "models.embeddedHint")}</p>
            <ModelFacts model={model} />
            {model === own && (
              <button
                type="button"
                disabled={busy}
                onClick={() => {
                  setOwn(undefined);
                  if (current === model.id) void use(EMBEDDED_MODEL);
                }}
              >
                {text("models.forget", { name: model.name })}
              </button>
            )}
          </li>
        ))}
      </ul>
      <button type="button" disabled={busy} onClick={choose}>
        {text("models.folder")}
      </button>
      <input
        ref={input}
        type="file"
        hidden
        multiple
        {...{ webkitdirectory: "" }}
        aria-label={text("models.folder")}
        onChange={({ target }: ChangeEvent<HTMLInputElement>) => {
          const files = [...(target.files ?? [])];
          target.value = "";
          if (files.length > 0) void take(async () => filesOfInput(files));
        }}
      />
      {problem && (
        <p role="alert" className={styles["bad"]}>
          <strong>{problem.message}</strong> {problem.hint}
        </p>
      )}
    </section>
  );
}
