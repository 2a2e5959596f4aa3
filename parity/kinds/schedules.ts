/** Noise schedules: every sub-case is a name and the arguments of the reference's function. */
import { type Comparison, compare, type GoldenCase } from "@foley-control/golden";
import {
  alphaSigma,
  exponentialSigmas,
  karrasSigmas,
  linearTimes,
  logSnrTimes,
  polyexponentialSigmas,
  shiftTimes,
  sigmaToTime,
  vpSigmas,
  vScalings,
} from "@foley-control/sampler";

type Settings = Readonly<Record<string, number | boolean | string | readonly string[]>>;

/** Whether a case is of this kind. */
export const isSchedules = ({ file }: GoldenCase): boolean => file.weights === "none" && file["subcases"] !== undefined;

/** Each schedule in double precision, against both precisions of the reference. */
export function checkSchedules(golden: GoldenCase): readonly Comparison[] {
  const subcases = golden.file["subcases"] as Readonly<Record<string, Settings>>;
  const stored = Object.keys(golden.file.outputs).filter((name) => !name.endsWith(".f64"));
  return stored.flatMap((name) => {
    const values = scheduleOf(name, subcases, golden);
    return (["", ".f64"] as const)
      .filter((suffix) => `${name}${suffix}` in golden.file.outputs)
      .map((suffix) => {
        const limits = golden.file.tolerance[suffix === "" ? "f32" : "f64"] as Comparison["limits"];
        const reference = golden.stored(`out.${name}${suffix}`);
        return compare(`${name}${suffix}`, { shape: reference.shape, data: values }, reference, limits);
      });
  });
}

function scheduleOf(name: string, subcases: Readonly<Record<string, Settings>>, golden: GoldenCase): Float64Array<ArrayBuffer> {
  const settings = subcases[name] ?? {};
  const number = (key: string) => settings[key] as number;
  const range = { steps: number("n"), sigmaMin: number("sigma_min"), sigmaMax: number("sigma_max") };
  const rho = number("rho");
  const made = (() => {
    switch (name.split(".")[0]) {
      case "polyexponential":
        return polyexponentialSigmas({ ...range, rho });
      case "karras":
        return karrasSigmas({ ...range, rho });
      case "exponential":
        return exponentialSigmas(range);
      case "vp":
        return vpSigmas({
          steps: number("n"),
          betaSlope: number("beta_d"),
          betaMin: number("beta_min"),
          epsilon: number("eps_s"),
        });
      case "rf":
        return logSnrTimes({ steps: number("steps"), timeMax: number("sigma_max") });
      case "linear":
        return linearTimes({ steps: number("steps") });
      case "shift":
        return shiftTimes(scheduleOf(wordOf(settings["t"]), subcases, golden).subarray(1), {
          length: number("seq_len"),
          baseShift: number("base_shift"),
          maxShift: number("max_shift"),
          minLength: number("min_length"),
          maxLength: number("max_length"),
          sine: settings["use_sine"] === true,
        });
      case "vdenoiser": {
        const { shape, data } = golden.stored(`out.${name}.f64`);
        const sigmas = Array.from(data.subarray(0, shape[1]));
        const rows = sigmas.map((sigma) => ({ sigma, ...vScalings(sigma), time: sigmaToTime(sigma) }));
        return Float64Array.from(
          (["sigma", "skip", "output", "input", "time"] as const).flatMap((key) => rows.map((row) => row[key])),
        );
      }
      case "v-alphas-sigmas": {
        const rows = Array.from(scheduleOf(wordOf(settings["t"]), subcases, golden), alphaSigma);
        return Float64Array.from([...rows.map(({ alpha }) => alpha), ...rows.map(({ sigma }) => sigma)]);
      }
      default:
        throw new Error(`The schedule "${name}" is not known.`);
    }
  })();
  return made as Float64Array<ArrayBuffer>;
}

/** "linear.n8 without its first value": the schedule that another one is made from. */
const wordOf = (told: unknown): string => String(told).split(" ")[0] as string;
