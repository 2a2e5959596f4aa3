/** What was saved, compared with what was promised. */
import type { Delivered } from "../../deliver/deliver.js";
import { megabytes } from "../../strings/numbers.js";
import { text } from "../../strings/text.js";
import styles from "./Deliver.module.css";

/** The result of saving. */
export function Outcome({
  name,
  way,
  delivered,
  onAgain,
}: {
  readonly name: string;
  readonly way: "picked" | "download" | "memory";
  readonly delivered: Delivered;
  readonly onAgain: () => void;
}) {
  const { checks, warnings, bytes } = delivered;
  const same = checks.every((check) => check.same);
  return (
    <div className={styles["outcome"]}>
      <p className={same ? styles["good"] : styles["bad"]}>
        <strong>
          {same ? "✓ " : "✗ "}
          {text(same ? "deliver.saved" : "deliver.different", { name })}
        </strong>{" "}
        {megabytes(bytes)}
      </p>
      {way === "memory" && <p>{text("deliver.inMemory")}</p>}
      <table>
        <caption>{text("deliver.checks")}</caption>
        <thead>
          <tr>
            <td />
            <th scope="col">{text("deliver.promised")}</th>
            <th scope="col">{text("deliver.found")}</th>
            <th scope="col">{text("deliver.result")}</th>
          </tr>
        </thead>
        <tbody>
          {checks.map((check) => (
            <tr key={check.what}>
              <th scope="row">{text(check.what)}</th>
              <td>{check.promised}</td>
              <td>{check.found}</td>
              <td className={check.same ? styles["good"] : styles["bad"]}>
                {text(check.same ? "deliver.check.same" : "deliver.check.differs")}
              </td>
            </tr>
          ))}
        </tbody>
      </table>
      {warnings.map((warning) => (
        <p key={warning}>{warning}</p>
      ))}
      <button type="button" onClick={onAgain}>
        {text("deliver.again")}
      </button>
    </div>
  );
}
