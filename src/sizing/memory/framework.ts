const MB = 1e6;
const GB = 1e9;

/**
 * Node, TensorFlow and this code with graphs of a small model, measured with rise-tiny on two cores; a training job's graphs are
 * larger.
 */
export const PROCESS = { rollout: 480 * MB, training: 520 * MB } as const;

/** Of the host with CUDA's libraries loaded. Arithmetic: no GPU was at hand. */
export const CUDA_HOST = 2.5 * GB;

/**
 * Of a GPU: CUDA's context and cuBLAS' workspace, and the share that TensorFlow leaves alone. Arithmetic: no GPU was at hand.
 */
export const CUDA_DEVICE = 2.5 * GB;

/** Share of what comes and goes that the allocator loses between its pieces: 0 to 0.1 on a CPU; of a GPU, arithmetic. */
export const FRAGMENTATION = 0.05;
