/** The model: the one that the studio brings, one from a folder of the person's own, or one from the hub. */
import { type ChangeEvent, useEffect, useRef, useState } from "react";
import { type Problem, toProblem } from "../../app/problem.js";
import { useApp, useStudio } from "../../app/use-studio.js";
import { EMBEDDED_MODEL } from "../../engine/create-engine.js";
import type { ModelSource } from "../../engine/engine.js";
import { filesOfDrop, filesOfHandle, filesOfInput, modelOfFiles } from "../../models/folder.js";
import { type FolderHandle, type KeptFolder, keptFolders } from "../../models/kept-folders.js";
import { text } from "../../strings/text.js";
import { ToldError } from "../../strings/told.js";
import { ProblemWords } from "../common/ProblemWords.js";
import { useEngineState } from "../common/use-engine.js";
import { HubForm } from "./HubForm.js";
import { ModelFacts } from "./ModelFacts.js";
import styles from "./Models.module.css";
import { FOLDER_MODELS, modelDisk, type OwnModel, storedOnDisk } from "./own-models.js";

/** The part of the browser that may be missing. */
type PickFolder = (options: { readonly mode: "read" }) => Promise<FolderHandle>;

const folders = keptFolders();

/** Models to choose from; each can be checked, and those that are one's own removed. */
export function ModelSection() {
  const flow = useStudio();
  const { engine } = flow;
  const state = useEngineState();
  const [own, setOwn] = useState<readonly OwnModel[]>([...FOLDER_MODELS]);
  const [used, setUsed] = useState<string>();
  const [problem, setProblem] = useState<Problem>();
  const [busy, setBusy] = useState(false);
  const input = useRef<HTMLInputElement>(null);
  const current = (state.phase === "ready" ? state.model.id : used) ?? EMBEDDED_MODEL.id;
  /** Folders of earlier, which the browser has to be allowed to read. */
  const [closed, setClosed] = useState<readonly KeptFolder[]>([]);
  const list = async (): Promise<void> => setOwn([...FOLDER_MODELS, ...(await storedOnDisk())]);
  const known = ({ id }: KeptFolder): boolean => [...FOLDER_MODELS].some(({ source }) => source.id === id);
  const add = (source: ModelSource, kept: boolean): void => {
    for (const model of FOLDER_MODELS) if (model.source.id === source.id) FOLDER_MODELS.delete(model);
    const hint = [text("models.ownHint"), kept ? "" : text("models.notKept")].filter(Boolean).join(" ");
    FOLDER_MODELS.add({ source, hint, remove: () => folders.forget(source.id) });
  };
  useEffect(() => {
    const look = async (): Promise<void> => {
      const shut: KeptFolder[] = [];
      for (const folder of await folders.list()) {
        if (known(folder)) continue;
        const source = await folders.open(folder).catch(() => undefined);
        if (source) add(source, true);
        else shut.push(folder);
      }
      setClosed(shut);
      await list();
    };
    void look();
  }, []);

  const tried = async (work: () => Promise<void>): Promise<void> => {
    setBusy(true);
    setProblem(undefined);
    await work().catch((error: unknown) => setProblem(toProblem(error)));
    setBusy(false);
  };
  const change = async (model: ModelSource): Promise<void> => {
    setUsed(model.id);
    await engine.use(model);
  };
  const take = (
    find: () => Promise<{ readonly source: ModelSource; readonly handle?: FolderHandle | undefined }>,
  ): Promise<void> =>
    tried(async () => {
      const { source, handle } = await find();
      const { checkModel } = await import("../../models/check.js");
      await checkModel(await source.files());
      add(source, handle !== undefined);
      if (handle) await folders.keep(source, handle);
      setClosed((before) => before.filter(({ id }) => id !== source.id));
      await list();
      await change(source);
    });
  const dropped = useApp(({ model }) => model);
  useEffect(() => {
    if (dropped === undefined) return;
    flow.state.setState({ model: undefined });
    const { files, folder } = dropped;
    void take(async () => ({ source: modelOfFiles(folder ? await filesOfHandle(folder) : filesOfDrop(files)), handle: folder }));
  }, [dropped]);
  const choose = (): void => {
    const pick = (globalThis as { readonly showDirectoryPicker?: PickFolder }).showDirectoryPicker;
    if (pick === undefined) input.current?.click();
    else
      void take(async () => {
        const handle = await pick({ mode: "read" });
        return { source: modelOfFiles(await filesOfHandle(handle)), handle };
      });
  };
  const allow = (folder: KeptFolder): Promise<void> =>
    take(async () => {
      const source = await folders.open(folder, { ask: true });
      if (source === undefined)
        throw new ToldError("invalid-argument", text("models.notAllowed", { name: folder.handle.name }), {
          hint: text("models.notAllowedHint"),
        });
      return { source, handle: folder.handle };
    });
  const forget = (folder: KeptFolder): Promise<void> =>
    tried(async () => {
      await folders.forget(folder.id);
      setClosed((before) => before.filter(({ id }) => id !== folder.id));
    });
  const remove = (model: OwnModel): Promise<void> =>
    tried(async () => {
      if (current === model.source.id) await change(EMBEDDED_MODEL);
      await model.remove?.();
      FOLDER_MODELS.delete(model);
      await list();
    });
  const embedded: OwnModel = { source: EMBEDDED_MODEL, hint: text("models.embeddedHint"), remove: undefined };
  return (
    <section className={styles["section"]} aria-labelledby="models-model">
      <h3 id="models-model">{text("models.model")}</h3>
      <ul className={styles["models"]}>
        {[embedded, ...own].map((model) => (
          <li key={model.source.id}>
            <label>
              <input
                type="radio"
                name="model"
                disabled={busy}
                checked={current === model.source.id}
                onChange={() => void tried(() => change(model.source))}
              />
              <strong>{model.source.name}</strong>
            </label>
            <p className={styles["quiet"]}>{model.hint}</p>
            <ModelFacts model={model.source} />
            {model.remove && (
              <button type="button" disabled={busy} onClick={() => void remove(model)}>
                {text("models.remove", { name: model.source.name })}
              </button>
            )}
          </li>
        ))}
        {closed.map((folder) => (
          <li key={folder.id}>
            <strong>{folder.handle.name}</strong>
            <p className={styles["quiet"]}>{text("models.closed")}</p>
            <button type="button" disabled={busy} onClick={() => void allow(folder)}>
              {text("models.allow", { name: folder.handle.name })}
            </button>
            <button type="button" disabled={busy} onClick={() => void forget(folder)}>
              {text("models.remove", { name: folder.handle.name })}
            </button>
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
          if (files.length > 0) void take(async () => ({ source: modelOfFiles(filesOfInput(files)) }));
        }}
      />
      <HubForm
        disk={modelDisk}
        onModel={async (source) => {
          await list();
          await change(source);
        }}
      />
      {problem && (
        <p role="alert" className={styles["bad"]}>
          <ProblemWords problem={problem} />
        </p>
      )}
    </section>
  );
}
