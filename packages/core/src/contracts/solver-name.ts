/** Names of the solvers of `sampler`, as in stable-audio-tools: backbones say by name how they are sampled, and cannot see that package. */

/** Name of a solver: on sigmas and on angles for networks that predict v, then those for rectified flow. */
export type SolverName =
  | "dpmpp-2m"
  | "dpmpp-2m-sde"
  | "dpmpp-3m-sde"
  | "k-euler"
  | "k-euler-ancestral"
  | "k-heun"
  | "k-lms"
  | "k-dpm-2"
  | "k-dpmpp-2s-ancestral"
  | "k-dpm-fast"
  | "k-dpm-adaptive"
  | "v-ddim"
  | "v-ddim-cfgpp"
  | "euler"
  | "rk4"
  | "dpmpp"
  | "pingpong";
