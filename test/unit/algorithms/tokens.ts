/** Every branch: on policy, past either clip with either sign, dual clip, clamped log-ratio. */
export const tokens = {
  policy: [-1.0, -0.5, -2.0, -0.1, -3.0, -0.7, -25.0, -1.5],
  sampling: [-1.0, -1.0, -1.5, -0.9, -1.0, -2.2, -1.0, -1.4],
  advantages: [1.2, 1.2, 1.2, -0.8, -0.8, -0.8, 0.5, -0.8],
  reference: [-1.1, -0.4, -2.5, -0.1, -2.0, -0.7, -1.0, -3.0],
};
