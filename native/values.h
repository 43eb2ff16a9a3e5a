// What the addon's parts share: values of JavaScript as values of C++, and errors of either as the other's.
#pragma once
#include <node_api.h>

#include <cstdint>
#include <stdexcept>
#include <string>
#include <vector>

#include "tensorflow/c/c_api.h"

namespace rise {

struct Status {
  TF_Status* raw = TF_NewStatus();
  ~Status() { TF_DeleteStatus(raw); }
  void Check() const {
    if (TF_GetCode(raw) != TF_OK) throw std::runtime_error(TF_Message(raw));
  }
};

inline void Check(napi_env env, napi_status status) {
  if (status == napi_ok) return;
  const napi_extended_error_info* info;
  napi_get_last_error_info(env, &info);
  throw std::runtime_error(info->error_message ? info->error_message : "N-API call failed");
}

template <typename T>
struct Span {
  T* data;
  size_t length;
};

inline Span<uint8_t> Bytes(napi_env env, napi_value value) {
  napi_typedarray_type type;
  size_t length, offset;
  void* data;
  napi_value buffer;
  Check(env, napi_get_typedarray_info(env, value, &type, &length, &data, &buffer, &offset));
  const size_t width = type == napi_int8_array || type == napi_uint8_array || type == napi_uint8_clamped_array ? 1
                       : type == napi_int16_array || type == napi_uint16_array                                  ? 2
                       : type == napi_float64_array || type == napi_bigint64_array || type == napi_biguint64_array ? 8
                                                                                                                : 4;
  return {static_cast<uint8_t*>(data), length * width};
}

inline Span<int32_t> Int32s(napi_env env, napi_value value) {
  const auto bytes = Bytes(env, value);
  return {reinterpret_cast<int32_t*>(bytes.data), bytes.length / 4};
}

inline napi_value Property(napi_env env, napi_value object, const char* name) {
  napi_value value;
  Check(env, napi_get_named_property(env, object, name, &value));
  return value;
}

inline uint32_t Length(napi_env env, napi_value array) {
  uint32_t length;
  Check(env, napi_get_array_length(env, array, &length));
  return length;
}

inline napi_value Element(napi_env env, napi_value array, uint32_t index) {
  napi_value value;
  Check(env, napi_get_element(env, array, index, &value));
  return value;
}

inline int64_t Integer(napi_env env, napi_value value) {
  int64_t number;
  Check(env, napi_get_value_int64(env, value, &number));
  return number;
}

inline std::string Text(napi_env env, napi_value value) {
  size_t length;
  Check(env, napi_get_value_string_utf8(env, value, nullptr, 0, &length));
  std::string text(length, '\0');
  Check(env, napi_get_value_string_utf8(env, value, &text[0], length + 1, &length));
  return text;
}

inline std::vector<int64_t> Integers(napi_env env, napi_value array) {
  std::vector<int64_t> numbers(Length(env, array));
  for (uint32_t i = 0; i < numbers.size(); i++) numbers[i] = Integer(env, Element(env, array, i));
  return numbers;
}

inline napi_value Shape(napi_env env, const std::vector<int64_t>& sizes) {
  napi_value shape;
  Check(env, napi_create_array_with_length(env, sizes.size(), &shape));
  for (size_t i = 0; i < sizes.size(); i++) {
    napi_value size;
    Check(env, napi_create_int64(env, sizes[i], &size));
    Check(env, napi_set_element(env, shape, i, size));
  }
  return shape;
}

inline napi_value Described(napi_env env, TF_DataType dtype, napi_value shape) {
  napi_value object, type;
  Check(env, napi_create_object(env, &object));
  Check(env, napi_create_int32(env, dtype, &type));
  Check(env, napi_set_named_property(env, object, "dtype", type));
  Check(env, napi_set_named_property(env, object, "shape", shape));
  return object;
}

/** Calls with the arguments, and turns what is thrown into an error of JavaScript. */
template <napi_value (*Function)(napi_env, napi_value*)>
inline napi_value Guarded(napi_env env, napi_callback_info info) {
  napi_value args[6];
  size_t count = 6;
  napi_get_cb_info(env, info, &count, args, nullptr, nullptr);
  try {
    return Function(env, args);
  } catch (const std::exception& error) {
    napi_throw_error(env, nullptr, error.what());
    return nullptr;
  }
}

inline void Export(napi_env env, napi_value exports, const char* name, napi_callback callback) {
  napi_value function;
  napi_create_function(env, name, NAPI_AUTO_LENGTH, callback, nullptr, &function);
  napi_set_named_property(env, exports, name, function);
}

}  // namespace rise
