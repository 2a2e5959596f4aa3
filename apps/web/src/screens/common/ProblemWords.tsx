/** The words of a problem: what is wrong, what to do next, and what a package said in English on a page in another language. */
import type { Problem } from "../../app/problem.js";

/** Those words, for a paragraph. */
export function ProblemWords({ problem: { message, hint, detail } }: { readonly problem: Problem }) {
  return (
    <>
      <strong>{message}</strong> {hint} {detail !== undefined && <small lang="en">{detail}</small>}
    </>
  );
}
