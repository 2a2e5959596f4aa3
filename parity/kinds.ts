/** Every kind of case that can be checked. A case of no kind is a failure, not a skip. */
import type { Comparison, GoldenCase } from "@foley-control/golden";
import { checkAudioNetwork, isAudioNetwork } from "./kinds/audio-networks.js";
import { checkBenchmark, isBenchmark } from "./kinds/benchmark.js";
import { checkClapText, isClapText } from "./kinds/clap-text.js";
import { checkConditioning, isConditioning } from "./kinds/conditioning.js";
import { checkEndToEnd, isEndToEnd } from "./kinds/end-to-end.js";
import { checkFormula, isFormula } from "./kinds/formula.js";
import { checkFrontEnd, isFrontEnd } from "./kinds/front-ends.js";
import { checkImagebind, isImagebind } from "./kinds/imagebind.js";
import { checkMetricMaths, isMetricMaths } from "./kinds/metric-maths.js";
import { checkMmaudioBlocks, isMmaudioBlocks } from "./kinds/mmaudio/blocks.js";
import {
  checkClip,
  checkOpenClip,
  checkSynchformerClip,
  checkSynchformerSegments,
  isClip,
  isOpenClip,
  isSynchformerClip,
  isSynchformerSegments,
} from "./kinds/mmaudio/encoders.js";
import { checkMmaudioRun, isMmaudioRun } from "./kinds/mmaudio/end-to-end.js";
import { checkMmaudioMel, isMmaudioMel } from "./kinds/mmaudio/mel.js";
import { checkMmaudioNetwork, isMmaudioNetwork } from "./kinds/mmaudio/network.js";
import { checkMmaudioPictures, checkMmaudioRules, isMmaudioPictures, isMmaudioRules } from "./kinds/mmaudio/rules.js";
import {
  checkBigVgan,
  checkMelAutoencoder,
  checkMelAutoencoderPieces,
  isBigVgan,
  isMelAutoencoder,
  isMelAutoencoderPieces,
} from "./kinds/mmaudio/sound.js";
import { checkClipTokens, isClipTokens } from "./kinds/mmaudio/tokens.js";
import { checkAutoencoder, checkOobleckHalf, isAutoencoder, isOobleckHalf } from "./kinds/oobleck.js";
import {
  checkEncoderPixels,
  checkNaflex,
  checkPictureEncoder,
  isEncoderPixels,
  isNaflex,
  isPictureEncoder,
} from "./kinds/picture-encoders.js";
import { checkPictures, isPictures } from "./kinds/pictures.js";
import { checkSamplers, isSamplers } from "./kinds/samplers.js";
import { checkSchedules, isSchedules } from "./kinds/schedules.js";
import { checkSegments, isSegments } from "./kinds/segments.js";
import { checkStableAudio3Conditioning, isStableAudio3Conditioning } from "./kinds/stable-audio-3/conditioning.js";
import { checkStableAudio3Run, isStableAudio3Run } from "./kinds/stable-audio-3/end-to-end.js";
import { checkSame, checkSameHalf, isSame, isSameHalf } from "./kinds/stable-audio-3/same.js";
import {
  checkStableAudio3Samplers,
  checkStableAudio3Schedules,
  isStableAudio3Samplers,
  isStableAudio3Schedules,
} from "./kinds/stable-audio-3/sampling.js";
import { checkGemmaTokens, checkT5Gemma, isGemmaTokens, isT5Gemma } from "./kinds/stable-audio-3/text.js";
import { checkStableAudio3Training, isStableAudio3Training } from "./kinds/stable-audio-3/training.js";
import { checkStableAudio3Transformer, isStableAudio3Transformer } from "./kinds/stable-audio-3/transformer.js";
import { checkSynchformer, isSynchformer } from "./kinds/synchformer.js";
import { checkT5, isT5 } from "./kinds/t5.js";
import { checkTangofluxRun, isTangofluxRun } from "./kinds/tangoflux/end-to-end.js";
import { checkTangofluxNetwork, isTangofluxNetwork } from "./kinds/tangoflux/network.js";
import { checkTangofluxText, isTangofluxText } from "./kinds/tangoflux/text.js";
import { checkTangofluxTraining, isTangofluxTraining } from "./kinds/tangoflux/training.js";
import { checkTokens, isTokens } from "./kinds/tokens.js";
import { checkTorchFiles, isTorchFiles } from "./kinds/torch-files.js";
import { checkTraining, isTraining } from "./kinds/training.js";
import { checkTransformer, isTransformer } from "./kinds/transformer.js";
import { checkVjepa2, isVjepa2 } from "./kinds/vjepa2.js";

/** One kind. */
export interface Kind {
  /** What it proves, in a few words. */
  readonly title: string;
  /** Told by what the file says, never by its name alone. */
  readonly matches: (golden: GoldenCase) => boolean;
  /** Runs the case. */
  readonly check: (golden: GoldenCase) => readonly Comparison[] | Promise<readonly Comparison[]>;
}

/** All kinds, the more particular first. */
export const kinds: readonly Kind[] = [
  { title: "tokeniser of Gemma", matches: isGemmaTokens, check: checkGemmaTokens },
  { title: "T5Gemma encoder", matches: isT5Gemma, check: checkT5Gemma },
  { title: "conditioning of Stable Audio 3", matches: isStableAudio3Conditioning, check: checkStableAudio3Conditioning },
  { title: "transformer of Stable Audio 3", matches: isStableAudio3Transformer, check: checkStableAudio3Transformer },
  { title: "training step of Stable Audio 3", matches: isStableAudio3Training, check: checkStableAudio3Training },
  { title: "schedules of Stable Audio 3", matches: isStableAudio3Schedules, check: checkStableAudio3Schedules },
  { title: "solvers of Stable Audio 3", matches: isStableAudio3Samplers, check: checkStableAudio3Samplers },
  { title: "half of SAME", matches: isSameHalf, check: checkSameHalf },
  { title: "SAME", matches: isSame, check: checkSame },
  { title: "Stable Audio 3, text to sound", matches: isStableAudio3Run, check: checkStableAudio3Run },
  { title: "weight formula", matches: isFormula, check: checkFormula },
  { title: "solvers", matches: isSamplers, check: checkSamplers },
  { title: "noise schedules", matches: isSchedules, check: checkSchedules },
  { title: "tokeniser", matches: isTokens, check: checkTokens },
  { title: "T5 encoder", matches: isT5, check: checkT5 },
  { title: "text tower of CLAP", matches: isClapText, check: checkClapText },
  { title: "text of TangoFlux", matches: isTangofluxText, check: checkTangofluxText },
  { title: "TangoFlux, text to sound", matches: isTangofluxRun, check: checkTangofluxRun },
  { title: "TangoFlux, a training step", matches: isTangofluxTraining, check: checkTangofluxTraining },
  { title: "blocks of TangoFlux", matches: isTangofluxNetwork, check: checkTangofluxNetwork },
  { title: "training step", matches: isTraining, check: checkTraining },
  { title: "diffusion transformer", matches: isTransformer, check: checkTransformer },
  { title: "conditioning", matches: isConditioning, check: checkConditioning },
  { title: "text to sound", matches: isEndToEnd, check: checkEndToEnd },
  { title: "half of the Oobleck autoencoder", matches: isOobleckHalf, check: checkOobleckHalf },
  { title: "Oobleck autoencoder", matches: isAutoencoder, check: checkAutoencoder },
  { title: "MMAudio's flow network", matches: isMmaudioNetwork, check: checkMmaudioNetwork },
  { title: "blocks of MMAudio", matches: isMmaudioBlocks, check: checkMmaudioBlocks },
  { title: "CLIP", matches: isClip, check: checkClip },
  { title: "Synchformer's pictures", matches: isSynchformerSegments, check: checkSynchformerSegments },
  { title: "rules of MMAudio", matches: isMmaudioRules, check: checkMmaudioRules },
  { title: "pictures for MMAudio", matches: isMmaudioPictures, check: checkMmaudioPictures },
  { title: "MMAudio, pictures to sound", matches: isMmaudioRun, check: checkMmaudioRun },
  { title: "mel of MMAudio", matches: isMmaudioMel, check: checkMmaudioMel },
  { title: "tokeniser of CLIP", matches: isClipTokens, check: checkClipTokens },
  { title: "SigLIP 2 of any shape", matches: isNaflex, check: checkNaflex },
  { title: "CLIP of open_clip", matches: isOpenClip, check: checkOpenClip },
  { title: "Synchformer's tokens of a clip", matches: isSynchformerClip, check: checkSynchformerClip },
  { title: "picture encoder", matches: isPictureEncoder, check: checkPictureEncoder },
  { title: "pixels for picture encoders", matches: isEncoderPixels, check: checkEncoderPixels },
  { title: "mel autoencoder", matches: isMelAutoencoder, check: checkMelAutoencoder },
  { title: "pieces of the mel autoencoder", matches: isMelAutoencoderPieces, check: checkMelAutoencoderPieces },
  { title: "BigVGAN", matches: isBigVgan, check: checkBigVgan },
  { title: "benchmark of av-benchmark", matches: isBenchmark, check: checkBenchmark },
  { title: "statistics of metrics", matches: isMetricMaths, check: checkMetricMaths },
  { title: "front-end of a metric", matches: isFrontEnd, check: checkFrontEnd },
  { title: "audio network of a metric", matches: isAudioNetwork, check: checkAudioNetwork },
  { title: "V-JEPA 2", matches: isVjepa2, check: checkVjepa2 },
  { title: "pictures for V-JEPA 2", matches: isPictures, check: checkPictures },
  { title: "segments of a clip", matches: isSegments, check: checkSegments },
  { title: "Synchformer", matches: isSynchformer, check: checkSynchformer },
  { title: "ImageBind", matches: isImagebind, check: checkImagebind },
  { title: "files of torch.save", matches: isTorchFiles, check: checkTorchFiles },
];
