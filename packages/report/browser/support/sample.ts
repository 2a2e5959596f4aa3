/** A page with one of each. */
import { histogram, lines, onsets, page, player, table } from "@foley-control/report";

/** The page. */
export function sample(): string {
  const values = Array.from({ length: 200 }, (_, i) => Math.sin(i * i));
  return page({
    title: "One of each",
    sections: [
      { heading: "Table", body: table(["system", "number"], [["ours", Math.PI]]) },
      { heading: "Lines", body: lines([{ name: "a & b", points: values.map((y, x) => ({ x, y })) }], { x: "step", y: "value" }) },
      { heading: "Histogram", body: histogram([{ name: "a", values }], { x: "value" }) },
      {
        heading: "Onsets",
        body:
          onsets({ seconds: 4, envelope: values.map(Math.abs), rows: [{ name: "true", times: [1, 2] }] }) +
          player({ kind: "audio", source: "data:audio/wav;base64,AAAA" }),
      },
    ],
  });
}
