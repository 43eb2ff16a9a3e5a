// Tensors of TensorFlow that JavaScript holds by a handle: weights on their way between files and the session, outside of its heap.
#pragma once
#include "values.h"

namespace rise {

/** A handle that takes the tensor over: freed when it is released, or when nothing refers to the handle. */
napi_value ToHandle(napi_env env, TF_Tensor* tensor);

/** The tensor of a handle, which keeps it. Throws after its release. */
TF_Tensor* FromHandle(napi_env env, napi_value handle);

/** Adds `createTensor`, `mapFile`, `mapTensor`, `fillTensor`, `copyValues`, `widenTensor` and `releaseTensor` to the addon. */
void ExportTensors(napi_env env, napi_value exports);

}  // namespace rise
