#include "native-tensor.h"

#include <fcntl.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstdlib>
#include <cstring>
#include <new>

#include "kernels/parallel.h"
#include "kernels/vector-math.h"

namespace rise {

Mapping::~Mapping() { munmap(data, bytes); }

namespace {

/** Values that one thread copies or converts at a time. */
constexpr int64_t PIECE_VALUES = 1 << 20;
/** Nanoseconds that copying or converting a value takes, about. */
constexpr double VALUE_COST = 0.5;

void Deallocate(void* data, size_t, void*) { std::free(data); }

}  // namespace

/** Huge pages are not asked for: where Linux has none at hand it makes some, which takes longer than all faults. */
TF_Tensor* Allocate(TF_DataType dtype, const std::vector<int64_t>& shape) {
  size_t bytes = TF_DataTypeSize(dtype);
  for (const int64_t size : shape) bytes *= size;
  void* data = nullptr;
  if (posix_memalign(&data, ALIGNMENT, std::max(bytes, ALIGNMENT)) != 0) throw std::bad_alloc();
  return TF_NewTensor(dtype, shape.data(), static_cast<int>(shape.size()), data, bytes, Deallocate, nullptr);
}

TF_Tensor* ShareFile(const Handle& handle, uint8_t* values) {
  const auto release = [](void*, size_t, void* file) { delete static_cast<std::shared_ptr<Mapping>*>(file); };
  return TF_NewTensor(handle.dtype, handle.shape.data(), static_cast<int>(handle.shape.size()), values,
                      handle.Count() * TF_DataTypeSize(handle.dtype), release,
                      new std::shared_ptr<Mapping>(handle.file));
}

Handle* Find(napi_env env, napi_value value) {
  void* data;
  Check(env, napi_get_value_external(env, value, &data));
  return static_cast<Handle*>(data);
}

namespace {

/** The upper half of a float32. */
VECTORIZED void WidenBfloat16(const uint16_t* from, uint32_t* to, int64_t count) {
#pragma omp simd
  for (int64_t i = 0; i < count; i++) to[i] = static_cast<uint32_t>(from[i]) << 16;
}

/** IEEE 754 binary16: 1 sign, 5 exponent, 10 fraction bits. */
void WidenFloat16(const uint16_t* from, uint32_t* to, int64_t count) {
  for (int64_t i = 0; i < count; i++) {
    const uint32_t sign = (from[i] & 0x8000u) << 16, exponent = from[i] >> 10 & 0x1fu, fraction = from[i] & 0x3ffu;
    if (exponent == 0) {
      const float value = static_cast<float>(fraction) * 0x1p-24f;
      std::memcpy(&to[i], &value, sizeof value);
      to[i] |= sign;
    } else {
      to[i] = sign | (exponent == 0x1f ? 0xffu : exponent + 112) << 23 | fraction << 13;
    }
  }
}

/** Numbers of one type as the same or, widened, as float32. */
void Convert(TF_DataType stored, const void* from, TF_DataType dtype, void* to, int64_t count) {
  if (stored == dtype) {
    std::memcpy(to, from, count * TF_DataTypeSize(dtype));
  } else if (stored == TF_BFLOAT16) {
    WidenBfloat16(static_cast<const uint16_t*>(from), static_cast<uint32_t*>(to), count);
  } else {
    WidenFloat16(static_cast<const uint16_t*>(from), static_cast<uint32_t*>(to), count);
  }
}

void RequireConvertible(TF_DataType stored, TF_DataType dtype) {
  if (stored != dtype && !(dtype == TF_FLOAT && (stored == TF_BFLOAT16 || stored == TF_HALF))) {
    throw std::runtime_error("a tensor cannot take numbers of that type");
  }
}

napi_value Wrap(napi_env env, std::unique_ptr<Handle> handle) {
  napi_value external;
  const auto finalize = [](napi_env, void* data, void*) {
    static_cast<Handle*>(data)->Release();
    delete static_cast<Handle*>(data);
  };
  Check(env, napi_create_external(env, handle.get(), finalize, nullptr, &external));
  handle.release();
  return external;
}

/** Gives a new tensor an old one's values as they are or as float32, on all cores. */
TF_Tensor* Fill(TF_Tensor* copy, const Handle& from) {
  const auto dtype = TF_TensorType(copy);
  auto* to = static_cast<uint8_t*>(TF_TensorData(copy));
  const int64_t count = from.Count(), width = TF_DataTypeSize(dtype);
  ParallelFor((count + PIECE_VALUES - 1) / PIECE_VALUES, PIECE_VALUES * VALUE_COST, [&](int64_t begin, int64_t end) {
    const int64_t first = begin * PIECE_VALUES, values = std::min(end * PIECE_VALUES, count) - first;
    Convert(from.dtype, from.At(first), dtype, to + first * width, values);
  });
  return copy;
}

/** The whole pages of values that are nowhere but in their file: asked for ahead, or given back when they are copied. */
void Advise(const Handle& handle, int advice) {
  if (!handle.file || handle.tensor) return;
  const auto page = static_cast<uintptr_t>(sysconf(_SC_PAGESIZE));
  const auto begin = (reinterpret_cast<uintptr_t>(handle.values) + page - 1) / page * page;
  const auto end = reinterpret_cast<uintptr_t>(handle.At(handle.Count())) / page * page;
  if (begin < end) madvise(reinterpret_cast<void*>(begin), end - begin, advice);
}

/** Makes a tensor of values that are in a file: of the file's own memory where TensorFlow can take it. */
void Take(Handle& handle) {
  if (reinterpret_cast<uintptr_t>(handle.values) % ALIGNMENT == 0) {
    handle.tensor = ShareFile(handle, handle.values);
    return;
  }
  Advise(handle, MADV_WILLNEED);
  TF_Tensor* copy = Fill(Allocate(handle.dtype, handle.shape), handle);
  Advise(handle, MADV_DONTNEED);
  handle.tensor = copy;
  handle.file.reset();
  handle.values = static_cast<uint8_t*>(TF_TensorData(handle.tensor));
}

/** createTensor(dtype, shape) */
napi_value CreateTensor(napi_env env, napi_value* args) {
  return ToHandle(env, Allocate(static_cast<TF_DataType>(Integer(env, args[0])), Integers(env, args[1])));
}

/** fillTensor(tensor, first value, stored type, bytes) */
napi_value FillTensor(napi_env env, napi_value* args) {
  const Handle& tensor = *Find(env, args[0]);
  tensor.Require();
  const int64_t first = Integer(env, args[1]);
  const auto stored = static_cast<TF_DataType>(Integer(env, args[2]));
  const auto bytes = Bytes(env, args[3]);
  RequireConvertible(stored, tensor.dtype);
  const int64_t width = TF_DataTypeSize(stored), count = bytes.length / width;
  if (first < 0 || first + count > tensor.Count() || count * width != static_cast<int64_t>(bytes.length)) {
    throw std::runtime_error("a tensor was given values past its end");
  }
  Convert(stored, bytes.data, tensor.dtype, tensor.At(first), count);
  return nullptr;
}

/** mapFile(path, bytes) */
napi_value MapFile(napi_env env, napi_value* args) {
  const std::string path = Text(env, args[0]);
  const auto bytes = static_cast<size_t>(Integer(env, args[1]));
  const int file = open(path.c_str(), O_RDONLY | O_CLOEXEC);
  if (file < 0) throw std::runtime_error(std::strerror(errno));
  struct stat found;
  const bool is_whole = fstat(file, &found) == 0 && static_cast<size_t>(found.st_size) >= bytes;
  void* data = is_whole ? mmap(nullptr, bytes, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_NORESERVE, file, 0) : MAP_FAILED;
  const int error = errno;
  close(file);
  if (!is_whole) throw std::runtime_error("the file ends too early");
  if (data == MAP_FAILED) throw std::runtime_error(std::strerror(error));
  auto* mapping = new std::shared_ptr<Mapping>(new Mapping{static_cast<uint8_t*>(data), bytes});
  napi_value external;
  const auto finalize = [](napi_env, void* shared, void*) { delete static_cast<std::shared_ptr<Mapping>*>(shared); };
  Check(env, napi_create_external(env, mapping, finalize, nullptr, &external));
  return external;
}

/** mapTensor(file, position, dtype, shape): values that stay in the file until they are used. */
napi_value MapTensor(napi_env env, napi_value* args) {
  void* shared;
  Check(env, napi_get_value_external(env, args[0], &shared));
  const int64_t position = Integer(env, args[1]);
  auto handle = std::make_unique<Handle>();
  handle->file = *static_cast<std::shared_ptr<Mapping>*>(shared);
  handle->dtype = static_cast<TF_DataType>(Integer(env, args[2]));
  handle->shape = Integers(env, args[3]);
  const int64_t bytes = handle->Count() * TF_DataTypeSize(handle->dtype);
  if (position < 0 || position + bytes > static_cast<int64_t>(handle->file->bytes)) {
    throw std::runtime_error("the file ends too early");
  }
  handle->values = handle->file->data + position;
  return Wrap(env, std::move(handle));
}

/** copyValues(tensor, first value, target): as many values as the Float32Array holds, as float32. */
napi_value CopyValues(napi_env env, napi_value* args) {
  const Handle& tensor = *Find(env, args[0]);
  tensor.Require();
  const int64_t first = Integer(env, args[1]);
  const auto target = Bytes(env, args[2]);
  const int64_t count = target.length / sizeof(float);
  if (first < 0 || first + count > tensor.Count()) {
    throw std::runtime_error("a tensor was asked for values past its end");
  }
  RequireConvertible(tensor.dtype, TF_FLOAT);
  Convert(tensor.dtype, tensor.At(first), TF_FLOAT, target.data, count);
  return nullptr;
}

/**
 * widenTensor(tensor): another one, with its values as float32, in TensorFlow's own memory: ops that write a variable copy one that
 * is not.
 */
napi_value WidenTensor(napi_env env, napi_value* args) {
  const Handle& tensor = *Find(env, args[0]);
  tensor.Require();
  RequireConvertible(tensor.dtype, TF_FLOAT);
  Advise(tensor, MADV_WILLNEED);
  const auto rank = static_cast<int>(tensor.shape.size());
  TF_Tensor* wide = Fill(TF_AllocateTensor(TF_FLOAT, tensor.shape.data(), rank, tensor.Count() * sizeof(float)), tensor);
  Advise(tensor, MADV_DONTNEED);
  return ToHandle(env, wide);
}

/** releaseTensor(tensor): again it does nothing. */
napi_value ReleaseTensor(napi_env env, napi_value* args) {
  Find(env, args[0])->Release();
  return nullptr;
}

}  // namespace

napi_value ToHandle(napi_env env, TF_Tensor* tensor) {
  auto handle = std::make_unique<Handle>();
  handle->tensor = tensor;
  handle->values = static_cast<uint8_t*>(TF_TensorData(tensor));
  handle->dtype = TF_TensorType(tensor);
  for (int i = 0; i < TF_NumDims(tensor); i++) handle->shape.push_back(TF_Dim(tensor, i));
  return Wrap(env, std::move(handle));
}

TF_Tensor* FromHandle(napi_env env, napi_value value) {
  Handle& handle = *Find(env, value);
  handle.Require();
  if (!handle.tensor) Take(handle);
  return handle.tensor;
}

void ExportTensors(napi_env env, napi_value exports) {
  Export(env, exports, "createTensor", Guarded<CreateTensor>);
  Export(env, exports, "mapFile", Guarded<MapFile>);
  Export(env, exports, "mapTensor", Guarded<MapTensor>);
  Export(env, exports, "fillTensor", Guarded<FillTensor>);
  Export(env, exports, "copyValues", Guarded<CopyValues>);
  Export(env, exports, "widenTensor", Guarded<WidenTensor>);
  Export(env, exports, "releaseTensor", Guarded<ReleaseTensor>);
  ExportShifts(env, exports);
}

}  // namespace rise
