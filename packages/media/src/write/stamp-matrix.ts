/**
 * The code of a picture's colour matrix in a new file. The muxing library writes five of the codes, "not specified" for the others, and has no option for
 * them: a file whose container alone says SMPTE 240M would lose it.
 */
import type { Output } from "mediabunny";

interface Box {
  readonly type: string;
  readonly contents?: Uint8Array;
}

interface Element {
  readonly id?: number;
  data?: unknown;
}

interface Muxer {
  readonly boxWriter?: { writeBox(box: Box): void } | null;
  readonly ebmlWriter?: { writeEBML(element: Element | null): void } | null;
}

/** Where `colr` has its code, behind the kind and two others (ISO/IEC 14496-12 §12.1.5), and the element of Matroska (RFC 9559 §5.1.4.1.28.17). */
const [AT, ELEMENT] = [8, 0x55b1];

/** Once the output is started: what says the matrix says this code. Both writers go down into what they write by calling themselves. */
export function stampMatrix(output: Output, code: number): void {
  const { boxWriter, ebmlWriter } = (output as unknown as { readonly _muxer?: Muxer })._muxer ?? {};
  if (boxWriter) {
    const write = boxWriter.writeBox;
    boxWriter.writeBox = (box) => {
      if (box.type === "colr") box.contents?.set([code >> 8, code & 255], AT);
      write.call(boxWriter, box);
    };
  }
  if (ebmlWriter) {
    const write = ebmlWriter.writeEBML;
    ebmlWriter.writeEBML = (element) => {
      if (element?.id === ELEMENT) element.data = code;
      write.call(ebmlWriter, element);
    };
  }
}
