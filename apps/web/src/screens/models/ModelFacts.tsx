/** Files of a model with size and digest, looked at when it is asked for. */
import { useState } from "react";
import { type Problem, toProblem } from "../../app/problem.js";
import type { ModelSource } from "../../engine/engine.js";
import type { CheckedFile } from "../../models/check.js";
import { megabytes } from "../../strings/numbers.js";
import { text } from "../../strings/text.js";
import { ProblemWords } from "../common/ProblemWords.js";
import styles from "./Models.module.css";

/** A button that verifies, and what it found. */
export function ModelFacts({ model }: { readonly model: ModelSource }) {
  const [found, setFound] = useState<readonly CheckedFile[] | "looking">();
  const [problem, setProblem] = useState<Problem>();
  const verify = async (): Promise<void> => {
    setFound("looking");
    setProblem(undefined);
    try {
      const { checkModel } = await import("../../models/check.js");
      setFound(await checkModel(await model.files()));
    } catch (error) {
      setFound(undefined);
      setProblem(toProblem(error));
    }
  };
  const right = Array.isArray(found) && found.every(({ fits }: CheckedFile) => fits !== false);
  return (
    <>
      <button
        type="button"
        aria-disabled={found === "looking"}
        aria-label={text("models.verifyOf", { name: model.name })}
        onClick={() => found !== "looking" && void verify()}
      >
        {text("models.verify")}
      </button>
      <div aria-live="polite">
        {found === "looking" && <p>{text("models.verifying")}</p>}
        {problem && (
          <p className={styles["bad"]}>
            <ProblemWords problem={problem} />
          </p>
        )}
        {Array.isArray(found) && found.length === 0 && <p className={styles["good"]}>{text("models.whole")}</p>}
        {Array.isArray(found) && found.length > 0 && (
          <>
            <p className={right ? styles["good"] : styles["bad"]}>{text(right ? "models.right" : "models.wrong")}</p>
            <table>
              <thead>
                <tr>
                  <th scope="col">{text("models.part")}</th>
                  <th scope="col">{text("models.size")}</th>
                  <th scope="col">SHA-256</th>
                </tr>
              </thead>
              <tbody>
                {found.map(({ part, bytes, digest }: CheckedFile) => (
                  <tr key={part}>
                    <th scope="row">{text(`models.part.${part}`)}</th>
                    <td>{megabytes(bytes)}</td>
                    <td className={styles["digest"]}>{digest}</td>
                  </tr>
                ))}
              </tbody>
            </table>
          </>
        )}
      </div>
    </>
  );
}
