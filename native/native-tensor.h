// Tensors of TensorFlow that JavaScript holds by a handle: weights on their way between files and the session, outside of its heap.
#pragma once
#include <memory>

#include "values.h"

namespace rise {

/** TensorFlow takes memory without copying it when it begins at a multiple of this. */
constexpr size_t ALIGNMENT = 64;

/** A file in memory. What is written to it is this process's own and never reaches the file. */
struct Mapping {
  uint8_t* data;
  size_t bytes;
  ~Mapping();
};

struct Handle {
  TF_Tensor* tensor = nullptr;
  /** Of a tensor that is in a file still, until a session asks for it. */
  std::shared_ptr<Mapping> file;
  uint8_t* values = nullptr;
  TF_DataType dtype = TF_FLOAT;
  std::vector<int64_t> shape;

  int64_t Count() const {
    int64_t count = 1;
    for (const int64_t size : shape) count *= size;
    return count;
  }
  uint8_t* At(int64_t value) const { return values + value * TF_DataTypeSize(dtype); }
  void Release() {
    if (tensor) TF_DeleteTensor(tensor);
    tensor = nullptr;
    file.reset();
    values = nullptr;
  }
  void Require() const {
    if (!values) throw std::runtime_error("the tensor was released");
  }
};

/** A tensor without values. */
TF_Tensor* Allocate(TF_DataType dtype, const std::vector<int64_t>& shape);

/** A tensor of the handle's type and shape in the memory of its file, which lives as long. */
TF_Tensor* ShareFile(const Handle& handle, uint8_t* values);

/** What is behind a value of JavaScript; owned by it. */
Handle* Find(napi_env env, napi_value value);

/** A handle that takes the tensor over: freed when it is released, or when nothing refers to the handle. */
napi_value ToHandle(napi_env env, TF_Tensor* tensor);

/** The tensor of a handle, which keeps it. Throws after its release. */
TF_Tensor* FromHandle(napi_env env, napi_value handle);

/** Adds `createTensor`, `mapFile`, `mapTensor`, `fillTensor`, `copyValues`, `widenTensor` and `releaseTensor` to the addon. */
void ExportTensors(napi_env env, napi_value exports);

/** Adds `shiftTensor` and `unshiftTensor`. */
void ExportShifts(napi_env env, napi_value exports);

}  // namespace rise
