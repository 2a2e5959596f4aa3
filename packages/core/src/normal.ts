/**
 * Random words to standard normal numbers by inversion: Wichura, "Algorithm AS 241: the percentage points of the normal
 * distribution", Applied Statistics 37 (1988), PPND16. Only + - * / and sqrt, which IEEE 754 rounds correctly, so that
 * every engine gives the same bits; the logarithm of the tails is computed here for the same reason.
 */

const LN2 = 0.6931471805599453;

/** 2^(clz − 32) for clz = 0…31: brings a uint32 into [0.5, 1). */
const scaleByLeadingZeros = Float64Array.from({ length: 32 }, (_, zeros) => 2 ** (zeros - 32));

/** Standard normal for a uint32 word: Φ⁻¹((word + ½) / 2³²). Odd about the middle; within ±6.4. */
export function normalFromWord(word: number): number {
  const q = (word + 0.5) / 0x100000000 - 0.5;
  if (q >= -0.425 && q <= 0.425) {
    const r = 0.180625 - q * q;
    return (
      (q *
        (((((((2509.0809287301227 * r + 33430.57558358813) * r + 67265.7709270087) * r + 45921.95393154987) * r +
          13731.69376550946) *
          r +
          1971.5909503065513) *
          r +
          133.14166789178438) *
          r +
          3.3871328727963665)) /
      (((((((5226.495278852854 * r + 28729.085735721943) * r + 39307.89580009271) * r + 21213.794301586597) * r +
        5394.196021424751) *
        r +
        687.1870074920579) *
        r +
        42.31333070160091) *
        r +
        1)
    );
  }
  const tail = q < 0 ? word : 0xffffffff - word;
  const magnitude = tailQuantile(Math.sqrt(-logOfTail(tail)));
  return q < 0 ? -magnitude : magnitude;
}

/** ln((tail + ½) / 2³²) for 0 ≤ tail < 2³¹: exponent by leading zeros, mantissa by the series of 2·artanh. */
function logOfTail(tail: number): number {
  const odd = 2 * tail + 1;
  const zeros = Math.clz32(odd);
  let mantissa = odd * (scaleByLeadingZeros[zeros] as number);
  let exponent = -1 - zeros;
  if (mantissa < 0.7071067811865476) {
    mantissa *= 2;
    exponent -= 1;
  }
  const s = (mantissa - 1) / (mantissa + 1);
  const z = s * s;
  const series =
    1 +
    z *
      (1 / 3 +
        z *
          (1 / 5 +
            z * (1 / 7 + z * (1 / 9 + z * (1 / 11 + z * (1 / 13 + z * (1 / 15 + z * (1 / 17 + z * (1 / 19 + z * (1 / 21))))))))));
  return exponent * LN2 + 2 * s * series;
}

/** |Φ⁻¹(p)| for p < 0.075, given √(−ln p), which is below 4.79 for 32-bit words (the algorithm's third range begins at 5). */
function tailQuantile(root: number): number {
  const r = root - 1.6;
  return (
    (((((((0.0007745450142783414 * r + 0.022723844989269184) * r + 0.2417807251774506) * r + 1.2704582524523684) * r +
      3.6478483247632045) *
      r +
      5.769497221460691) *
      r +
      4.630337846156546) *
      r +
      1.4234371107496835) /
    (((((((1.0507500716444169e-9 * r + 0.0005475938084995345) * r + 0.015198666563616457) * r + 0.14810397642748008) * r +
      0.6897673349851) *
      r +
      1.6763848301838038) *
      r +
      2.053191626637759) *
      r +
      1)
  );
}
