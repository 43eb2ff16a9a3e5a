/** What a config.json says that holds for every architecture: packing, caches and measurements go by it. */
export interface ModelConfig {
  /** Stands in a prompt for each merged patch of its images. */
  imageTokenId: number;
  vision: {
    /** Side, in patches, of the square that becomes one decoder token. */
    mergeSize: number;
  };
  text: {
    hiddenSize: number;
    /** Inside an MLP. */
    intermediateSize: number;
    layerCount: number;
    keyValueHeadCount: number;
    headSize: number;
    vocabSize: number;
    /** Tokens that a sequence may have. */
    contextLength: number;
  };
}
