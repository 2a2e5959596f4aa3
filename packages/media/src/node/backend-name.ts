/** The names of the programs that decode in Node. */

/** Which program decodes: "native" = `@mediabunny/server`, "ffmpeg" = the program on the PATH, "auto" = the first that is there and can. */
export type NodeBackend = "auto" | "native" | "ffmpeg";
