/** The metrics' face: pure functions on slices and features. See docs/adr/007-evaluation.md. */
export { anchorNames, makeAnchor } from './anchors.ts';
export {
  chooseImages,
  chooseRows,
  drawIndices,
  type Images,
  imageAt,
  type Matrix,
  quantileOf,
  sorted,
} from './arrays.ts';
export { type Classifier, classifierView, trainClassifier } from './classifier.ts';
export { CopyMatcher, copyThreshold, type Match } from './copying/matcher.ts';
export { membership } from './copying/membership.ts';
export { prepare as prepareForCopies } from './copying/prepare.ts';
export { assign, authenticity, cellsOf, dataCopying, mannWhitneyZ } from './copying/statistics.ts';
export { frechetDistance } from './distances/frechet.ts';
export { greyHistogram, histogramDistance } from './distances/histogram.ts';
export { kernelDistance } from './distances/kid.ts';
export { pairSimilarity } from './distances/ms-ssim.ts';
export { nearest, nearestDistances, prdc } from './distances/neighbours.ts';
export { slicedWasserstein } from './distances/sliced-wasserstein.ts';
export { compareSpectra, radialSpectrum } from './distances/spectrum.ts';
export { handMadeFeatures } from './features/hand-made.ts';
export { type FeatureNetwork, openFeatureNetwork } from './features/onnx-network.ts';
export { pixelGradientFeatures } from './features/pixel-gradient.ts';
export { channelMeans, randomNetworkFeatures, randomNetworkSeeds } from './features/random-network.ts';
export { type Standard, standardise, standardOf } from './features/standardise.ts';
export { createLightEvaluator, type LightEvaluator, type LightFigures } from './light.ts';
export { plausibility } from './plausibility.ts';
export { Products } from './products.ts';
export { figuresByGroup, type Reach, reachOf, wilson } from './subgroups.ts';
