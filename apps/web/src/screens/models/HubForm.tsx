/** A model from the hub, one step at a time: a name, what is asked of whom, its licence and size, then the download, which can be stopped and goes on later. */
import { type FormEvent, useRef, useState } from "react";
import { type Problem, toProblem } from "../../app/problem.js";
import type { ModelSource } from "../../engine/engine.js";
import type { HubModel } from "../../models/hub.js";
import type { Disk } from "../../storage/disk.js";
import { megabytes } from "../../strings/numbers.js";
import { text } from "../../strings/text.js";
import { ProblemWords } from "../common/ProblemWords.js";
import styles from "./Models.module.css";

/** The form. `onModel` hears of a model that is there and checked. */
export function HubForm({
  disk,
  onModel,
}: {
  readonly disk: () => Promise<Disk>;
  readonly onModel: (source: ModelSource) => Promise<void>;
}) {
  const [reference, setReference] = useState("");
  const [looked, setLooked] = useState<{ readonly model: HubModel; readonly size: string; readonly page: string }>();
  const [share, setShare] = useState<number>();
  const [problem, setProblem] = useState<Problem>();
  const stop = useRef<AbortController | undefined>(undefined);

  const tried = async (work: (signal: AbortSignal) => Promise<void>): Promise<void> => {
    const controller = new AbortController();
    stop.current = controller;
    setProblem(undefined);
    await work(controller.signal).catch((error: unknown) => setProblem(controller.signal.aborted ? undefined : toProblem(error)));
    setShare(undefined);
  };
  const look = (event: FormEvent): void => {
    event.preventDefault();
    void tried(async (signal) => {
      const { bytesOf, lookUp, pageOf } = await import("../../models/hub.js");
      const model = await lookUp(reference, { signal });
      setLooked({ model, size: megabytes(bytesOf(model)), page: pageOf(model) });
    });
  };
  const fetchIt = (model: HubModel): void => {
    setShare(0);
    void tried(async (signal) => {
      const { download } = await import("../../models/hub.js");
      const source = await download(model, await disk(), { signal, onProgress: setShare });
      const { checkModel } = await import("../../models/check.js");
      await checkModel(await source.files());
      setLooked(undefined);
      await onModel(source);
    });
  };
  return (
    <details className={styles["hub"]}>
      <summary>{text("models.hub")}</summary>
      <form onSubmit={look}>
        <p className={styles["quiet"]}>{text("models.hubConsent")}</p>
        <label>
          {text("models.hubReference")}
          <input
            type="text"
            required
            autoComplete="off"
            spellCheck={false}
            value={reference}
            onChange={({ target }) => {
              setReference(target.value);
              setLooked(undefined);
            }}
          />
        </label>
        <button type="submit" disabled={share !== undefined}>
          {text("models.hubLook")}
        </button>
      </form>
      {looked && share === undefined && (
        <div className={styles["looked"]}>
          <p>
            {looked.model.licence === undefined
              ? text("models.hubLicenceNone")
              : text("models.hubLicence", { licence: looked.model.licence })}{" "}
            <a href={looked.page} target="_blank" rel="noreferrer">
              {text("models.hubPage")}
            </a>
          </p>
          <p>{text("models.hubSize", { size: looked.size })}</p>
          <button type="button" data-main="" onClick={() => fetchIt(looked.model)}>
            {text("models.hubDownload")}
          </button>
        </div>
      )}
      {share !== undefined && (
        <div className={styles["looked"]}>
          <progress max={1} value={share} aria-label={text("models.hubDownloading", { name: reference })} />
          <button type="button" onClick={() => stop.current?.abort()}>
            {text("app.cancel")}
          </button>
        </div>
      )}
      {problem && (
        <p role="alert" className={styles["bad"]}>
          <ProblemWords problem={problem} />
        </p>
      )}
    </details>
  );
}
