/**
 * Media in any world: frames at exact times, sound in and out, a mux that copies the picture bit for bit.
 * @module
 */
export { checkPcm, fitLength, mixPcm, type Pcm, pcmDuration, pcmLength, silence, withChannels } from "./audio/pcm.js";
export { containerFromPath, resamplePcm, type VideoContainer } from "./write/container.js";
