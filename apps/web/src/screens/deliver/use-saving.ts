/** Saving, as React sees it: one file at a time, stopped when asked; the browser asks before a page that saves is closed. */
import { useEffect, useRef, useState } from "react";
import { type Problem, toProblem } from "../../app/problem.js";
import { useSession } from "../../app/use-session.js";
import { useStudio } from "../../app/use-studio.js";
import type { Delivered } from "../../deliver/deliver.js";
import { type DeliverFormat, fileName, typeOf } from "../../deliver/formats.js";
import { openTarget } from "../../deliver/targets.js";
import { text } from "../../strings/text.js";

/** Where the saving is. */
export type SavingState =
  | { readonly phase: "choosing"; readonly problem: Problem | undefined }
  | { readonly phase: "saving"; readonly share: number; readonly what: "write" | "check" }
  | {
      readonly phase: "done";
      readonly name: string;
      readonly way: "picked" | "download" | "memory";
      readonly delivered: Delivered;
    };

/** Bytes of a second of sound that is saved alone, about. */
const SOUND_BYTES = 150_000;

/** What the dialog needs. */
export function useSaving() {
  const { project, clip } = useSession();
  const flow = useStudio();
  const [state, setState] = useState<SavingState>({ phase: "choosing", problem: undefined });
  const stop = useRef<AbortController | undefined>(undefined);
  const saving = state.phase === "saving";
  useEffect(() => {
    if (!saving) return undefined;
    const ask = (event: Event): void => event.preventDefault();
    window.addEventListener("beforeunload", ask);
    return () => window.removeEventListener("beforeunload", ask);
  }, [saving]);
  useEffect(() => () => stop.current?.abort(), []);

  const save = async (format: DeliverFormat): Promise<void> => {
    const controller = new AbortController();
    stop.current = controller;
    const { document } = project.store.getState();
    const name = fileName(document.name, format);
    const size = format === "wav" || format === "flac" ? SOUND_BYTES * (document.source?.duration ?? 0) : (clip?.file.size ?? 0);
    try {
      const target = await openTarget({ name, type: typeOf(format), extension: `.${format}`, size });
      setState({ phase: "saving", share: 0, what: "write" });
      const { deliver } = await import("../../deliver/deliver.js");
      const delivered = await deliver({
        ...{ document, file: clip?.file, takes: project.takes, format, target, signal: controller.signal },
        onProgress: (share, what) => setState({ phase: "saving", share, what }),
      });
      setState({ phase: "done", name, way: target.way, delivered });
      const same = delivered.checks.every((check) => check.same);
      flow.announce(text(same ? "deliver.saved" : "deliver.different", { name }));
    } catch (error) {
      const problem = controller.signal.aborted ? undefined : toProblem(error);
      if (problem) flow.announce([problem.message, problem.hint].filter(Boolean).join(" "));
      setState({ phase: "choosing", problem });
    }
  };
  return {
    state,
    save,
    stop: () => stop.current?.abort(),
    again: () => setState({ phase: "choosing", problem: undefined }),
  };
}
