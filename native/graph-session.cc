// A TensorFlow graph that grows and the session that runs it, for src/engine/graph. tfjs-node can only load whole graphs
// from a folder, each in a session with variables of its own; here every traced function of a model shares one.
#include <node_api.h>

#include <cstdint>
#include <cstring>
#include <stdexcept>
#include <string>
#include <vector>

#include "kernels/kernel.h"
#include "tensorflow/c/c_api.h"

namespace {

struct Status {
  TF_Status* raw = TF_NewStatus();
  ~Status() { TF_DeleteStatus(raw); }
  void Check() const {
    if (TF_GetCode(raw) != TF_OK) throw std::runtime_error(TF_Message(raw));
  }
};

struct GraphSession {
  TF_Graph* graph = TF_NewGraph();
  TF_Session* session = nullptr;
  std::vector<TF_Operation*> ops;

  void Close() {
    if (!session) return;
    Status status;
    TF_CloseSession(session, status.raw);
    TF_DeleteSession(session, status.raw);
    TF_DeleteGraph(graph);
    session = nullptr;
  }
  ~GraphSession() { Close(); }
};

void Check(napi_env env, napi_status status) {
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

Span<uint8_t> Bytes(napi_env env, napi_value value) {
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

Span<int32_t> Int32s(napi_env env, napi_value value) {
  const auto bytes = Bytes(env, value);
  return {reinterpret_cast<int32_t*>(bytes.data), bytes.length / 4};
}

napi_value Property(napi_env env, napi_value object, const char* name) {
  napi_value value;
  Check(env, napi_get_named_property(env, object, name, &value));
  return value;
}

uint32_t Length(napi_env env, napi_value array) {
  uint32_t length;
  Check(env, napi_get_array_length(env, array, &length));
  return length;
}

napi_value Element(napi_env env, napi_value array, uint32_t index) {
  napi_value value;
  Check(env, napi_get_element(env, array, index, &value));
  return value;
}

int64_t Integer(napi_env env, napi_value value) {
  int64_t number;
  Check(env, napi_get_value_int64(env, value, &number));
  return number;
}

std::string Text(napi_env env, napi_value value) {
  size_t length;
  Check(env, napi_get_value_string_utf8(env, value, nullptr, 0, &length));
  std::string text(length, '\0');
  Check(env, napi_get_value_string_utf8(env, value, &text[0], length + 1, &length));
  return text;
}

std::vector<int64_t> Integers(napi_env env, napi_value array) {
  std::vector<int64_t> numbers(Length(env, array));
  for (uint32_t i = 0; i < numbers.size(); i++) numbers[i] = Integer(env, Element(env, array, i));
  return numbers;
}

/** A tensor of its own memory from `{ dtype, shape, data }`; TensorFlow may keep it. */
TF_Tensor* ToTensor(napi_env env, napi_value object) {
  const auto dtype = static_cast<TF_DataType>(Integer(env, Property(env, object, "dtype")));
  const auto shape = Integers(env, Property(env, object, "shape"));
  const auto bytes = Bytes(env, Property(env, object, "data"));
  size_t expected = TF_DataTypeSize(dtype);
  for (const int64_t size : shape) expected *= size;
  if (bytes.length != expected) throw std::runtime_error("a tensor's data does not fill its shape");
  TF_Tensor* tensor = TF_AllocateTensor(dtype, shape.data(), static_cast<int>(shape.size()), bytes.length);
  if (bytes.length > 0) std::memcpy(TF_TensorData(tensor), bytes.data, bytes.length);
  return tensor;
}

napi_value Shape(napi_env env, const std::vector<int64_t>& sizes) {
  napi_value shape;
  Check(env, napi_create_array_with_length(env, sizes.size(), &shape));
  for (size_t i = 0; i < sizes.size(); i++) {
    napi_value size;
    Check(env, napi_create_int64(env, sizes[i], &size));
    Check(env, napi_set_element(env, shape, i, size));
  }
  return shape;
}

napi_value Described(napi_env env, TF_DataType dtype, napi_value shape) {
  napi_value object, type;
  Check(env, napi_create_object(env, &object));
  Check(env, napi_create_int32(env, dtype, &type));
  Check(env, napi_set_named_property(env, object, "dtype", type));
  Check(env, napi_set_named_property(env, object, "shape", shape));
  return object;
}

napi_value FromTensor(napi_env env, TF_Tensor* tensor) {
  std::vector<int64_t> sizes(TF_NumDims(tensor));
  for (size_t i = 0; i < sizes.size(); i++) sizes[i] = TF_Dim(tensor, static_cast<int>(i));
  napi_value object = Described(env, TF_TensorType(tensor), Shape(env, sizes));
  void* data;
  napi_value buffer;
  Check(env, napi_create_arraybuffer(env, TF_TensorByteSize(tensor), &data, &buffer));
  std::memcpy(data, TF_TensorData(tensor), TF_TensorByteSize(tensor));
  Check(env, napi_set_named_property(env, object, "data", buffer));
  return object;
}

GraphSession* Unwrap(napi_env env, napi_value value) {
  void* pointer;
  Check(env, napi_get_value_external(env, value, &pointer));
  auto* session = static_cast<GraphSession*>(pointer);
  if (!session->session) throw std::runtime_error("the session is closed");
  return session;
}

std::vector<TF_Output> Outputs(const GraphSession& session, Span<int32_t> pairs) {
  std::vector<TF_Output> outputs(pairs.length / 2);
  for (size_t i = 0; i < outputs.size(); i++) {
    outputs[i] = {session.ops.at(pairs.data[2 * i]), pairs.data[2 * i + 1]};
  }
  return outputs;
}

napi_value CreateSession(napi_env env, napi_value* args) {
  const auto config = Bytes(env, args[0]);
  Status status;
  TF_SessionOptions* options = TF_NewSessionOptions();
  TF_SetConfig(options, config.data, config.length, status.raw);
  auto* created = new GraphSession();
  if (TF_GetCode(status.raw) == TF_OK) created->session = TF_NewSession(created->graph, options, status.raw);
  TF_DeleteSessionOptions(options);
  if (TF_GetCode(status.raw) != TF_OK) {
    delete created;
    status.Check();
  }
  napi_value external;
  const auto finalize = [](napi_env, void* data, void*) { delete static_cast<GraphSession*>(data); };
  Check(env, napi_create_external(env, created, finalize, nullptr, &external));
  return external;
}

void SetAttribute(napi_env env, TF_OperationDescription* description, napi_value attribute) {
  const std::string name = Text(env, Property(env, attribute, "name"));
  const auto type = static_cast<TF_AttrType>(Integer(env, Property(env, attribute, "type")));
  napi_value value = Property(env, attribute, "value");
  bool is_array;
  Check(env, napi_is_array(env, value, &is_array));
  if (type == TF_ATTR_SHAPE) {
    const auto shape = Integers(env, value);
    TF_SetAttrShape(description, name.c_str(), shape.data(), static_cast<int>(shape.size()));
  } else if (type == TF_ATTR_INT && is_array) {
    const auto numbers = Integers(env, value);
    TF_SetAttrIntList(description, name.c_str(), numbers.data(), static_cast<int>(numbers.size()));
  } else if (is_array) {
    throw std::runtime_error("attribute " + name + " is a list of a kind that graphs here do not hold");
  } else if (type == TF_ATTR_INT) {
    TF_SetAttrInt(description, name.c_str(), Integer(env, value));
  } else if (type == TF_ATTR_FLOAT) {
    double number;
    Check(env, napi_get_value_double(env, value, &number));
    TF_SetAttrFloat(description, name.c_str(), static_cast<float>(number));
  } else if (type == TF_ATTR_BOOL) {
    bool flag;
    Check(env, napi_get_value_bool(env, value, &flag));
    TF_SetAttrBool(description, name.c_str(), flag);
  } else if (type == TF_ATTR_TYPE) {
    TF_SetAttrType(description, name.c_str(), static_cast<TF_DataType>(Integer(env, value)));
  } else if (type == TF_ATTR_STRING) {
    const std::string text = Text(env, value);
    TF_SetAttrString(description, name.c_str(), text.data(), text.size());
  } else if (type == TF_ATTR_TENSOR) {
    TF_Tensor* tensor = ToTensor(env, value);
    Status status;
    TF_SetAttrTensor(description, name.c_str(), tensor, status.raw);
    TF_DeleteTensor(tensor);
    status.Check();
  } else {
    throw std::runtime_error("attribute " + name + " is of a kind that graphs here do not hold");
  }
}

/** What TensorFlow infers of an output: its type, and its shape or null while a size is open. */
napi_value Infer(napi_env env, TF_Graph* graph, TF_Output output) {
  Status status;
  const int rank = TF_GraphGetTensorNumDims(graph, output, status.raw);
  status.Check();
  std::vector<int64_t> sizes(rank < 0 ? 0 : rank);
  if (rank >= 0) TF_GraphGetTensorShape(graph, output, sizes.data(), rank, status.raw);
  bool is_known = rank >= 0;
  for (const int64_t size : sizes) is_known = is_known && size >= 0;
  napi_value shape;
  if (is_known) {
    shape = Shape(env, sizes);
  } else {
    Check(env, napi_get_null(env, &shape));
  }
  return Described(env, TF_OperationOutputType(output), shape);
}

/** addOp(session, op, inputs, listLength, controls, attributes): the first `listLength` inputs are one list. */
napi_value AddOp(napi_env env, napi_value* args) {
  auto* session = Unwrap(env, args[0]);
  const std::string op = Text(env, args[1]);
  const auto inputs = Outputs(*session, Int32s(env, args[2]));
  const auto list_length = static_cast<size_t>(Integer(env, args[3]));
  const auto controls = Int32s(env, args[4]);
  const std::string name = "n" + std::to_string(session->ops.size());
  TF_OperationDescription* description = TF_NewOperation(session->graph, op.c_str(), name.c_str());
  std::string fault;
  try {
    if (list_length > 0) TF_AddInputList(description, inputs.data(), static_cast<int>(list_length));
    for (size_t i = list_length; i < inputs.size(); i++) TF_AddInput(description, inputs[i]);
    for (size_t i = 0; i < controls.length; i++) TF_AddControlInput(description, session->ops.at(controls.data[i]));
    const uint32_t attributes = Length(env, args[5]);
    for (uint32_t i = 0; i < attributes; i++) SetAttribute(env, description, Element(env, args[5], i));
  } catch (const std::exception& error) {
    fault = error.what();
  }
  Status status;
  TF_Operation* created = TF_FinishOperation(description, status.raw);
  if (!fault.empty()) throw std::runtime_error(fault);
  status.Check();
  session->ops.push_back(created);
  const int count = TF_OperationNumOutputs(created);
  napi_value result;
  Check(env, napi_create_array_with_length(env, count, &result));
  for (int i = 0; i < count; i++) {
    Check(env, napi_set_element(env, result, i, Infer(env, session->graph, {created, i})));
  }
  return result;
}

struct Tensors {
  std::vector<TF_Tensor*> raw;
  explicit Tensors(size_t count) : raw(count, nullptr) {}
  ~Tensors() {
    for (TF_Tensor* tensor : raw) {
      if (tensor) TF_DeleteTensor(tensor);
    }
  }
};

/** run(session, feeds, tensors, fetches, targets) */
napi_value Run(napi_env env, napi_value* args) {
  auto* session = Unwrap(env, args[0]);
  const auto feeds = Outputs(*session, Int32s(env, args[1]));
  const auto fetches = Outputs(*session, Int32s(env, args[3]));
  const auto target_ids = Int32s(env, args[4]);
  std::vector<TF_Operation*> targets(target_ids.length);
  for (size_t i = 0; i < targets.size(); i++) targets[i] = session->ops.at(target_ids.data[i]);
  if (Length(env, args[2]) != feeds.size()) throw std::runtime_error("a graph was fed another number of tensors");
  Tensors inputs(feeds.size());
  for (uint32_t i = 0; i < feeds.size(); i++) inputs.raw[i] = ToTensor(env, Element(env, args[2], i));
  Tensors outputs(fetches.size());
  Status status;
  TF_SessionRun(session->session, nullptr, feeds.data(), inputs.raw.data(), static_cast<int>(feeds.size()),
                fetches.data(), outputs.raw.data(), static_cast<int>(fetches.size()), targets.data(),
                static_cast<int>(targets.size()), nullptr, status.raw);
  status.Check();
  napi_value result;
  Check(env, napi_create_array_with_length(env, fetches.size(), &result));
  for (uint32_t i = 0; i < fetches.size(); i++) {
    Check(env, napi_set_element(env, result, i, FromTensor(env, outputs.raw[i])));
  }
  return result;
}

napi_value CloseSession(napi_env env, napi_value* args) {
  Unwrap(env, args[0])->Close();
  return nullptr;
}

/** Calls with the arguments, and turns what is thrown into an error of JavaScript. */
template <napi_value (*Function)(napi_env, napi_value*)>
napi_value Guarded(napi_env env, napi_callback_info info) {
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

void Export(napi_env env, napi_value exports, const char* name, napi_callback callback) {
  napi_value function;
  napi_create_function(env, name, NAPI_AUTO_LENGTH, callback, nullptr, &function);
  napi_set_named_property(env, exports, name, function);
}

}  // namespace

NAPI_MODULE_INIT() {
  // Ops are the process's, where Node may load this for each of its contexts.
  static const bool registered = (rise::RegisterKernels(), true);
  (void)registered;
  Export(env, exports, "createSession", Guarded<CreateSession>);
  Export(env, exports, "addOp", Guarded<AddOp>);
  Export(env, exports, "run", Guarded<Run>);
  Export(env, exports, "closeSession", Guarded<CloseSession>);
  return exports;
}
