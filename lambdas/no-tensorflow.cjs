/** Stands for TensorFlow.js in the bundles: Lambdas check the options of algorithms and optimizers, and compute nothing. */
module.exports = {};
