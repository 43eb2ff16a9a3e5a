// A TensorFlow graph that grows and the session that runs it, for src/engine/runtime. tfjs-node can only load whole graphs
// from a folder, each in a session with variables of its own; here every traced function of a model shares one.
#include <cstring>

#include "kernels/kernel.h"
#include "native-tensor.h"
#include "values.h"

namespace rise {
namespace {

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

/** Tensors of a run, freed after it, but for those that belong to a handle. */
struct Tensors {
  std::vector<TF_Tensor*> raw;
  std::vector<bool> is_borrowed;
  explicit Tensors(size_t count) : raw(count, nullptr), is_borrowed(count, false) {}
  ~Tensors() {
    for (size_t i = 0; i < raw.size(); i++) {
      if (raw[i] && !is_borrowed[i]) TF_DeleteTensor(raw[i]);
    }
  }

  /** Of `{ dtype, shape, data }` or of `{ handle }`. */
  void Feed(napi_env env, uint32_t at, napi_value object) {
    napi_value handle = Property(env, object, "handle");
    napi_valuetype type;
    Check(env, napi_typeof(env, handle, &type));
    is_borrowed[at] = type == napi_external;
    raw[at] = is_borrowed[at] ? FromHandle(env, handle) : ToTensor(env, object);
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
  for (uint32_t i = 0; i < feeds.size(); i++) inputs.Feed(env, i, Element(env, args[2], i));
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

/** fetch(session, output): its value by a handle; a variable's is not copied. */
napi_value Fetch(napi_env env, napi_value* args) {
  auto* session = Unwrap(env, args[0]);
  const auto outputs = Outputs(*session, Int32s(env, args[1]));
  TF_Tensor* value = nullptr;
  Status status;
  TF_SessionRun(session->session, nullptr, nullptr, nullptr, 0, outputs.data(), &value, 1, nullptr, 0, nullptr,
                status.raw);
  status.Check();
  return ToHandle(env, value);
}

napi_value CloseSession(napi_env env, napi_value* args) {
  Unwrap(env, args[0])->Close();
  return nullptr;
}

}  // namespace

void ExportSession(napi_env env, napi_value exports) {
  Export(env, exports, "createSession", Guarded<CreateSession>);
  Export(env, exports, "addOp", Guarded<AddOp>);
  Export(env, exports, "run", Guarded<Run>);
  Export(env, exports, "fetch", Guarded<Fetch>);
  Export(env, exports, "closeSession", Guarded<CloseSession>);
}

}  // namespace rise

NAPI_MODULE_INIT() {
  // Ops are the process's, where Node may load this for each of its contexts.
  static const bool registered = (rise::RegisterKernels(), true);
  (void)registered;
  rise::ExportSession(env, exports);
  rise::ExportTensors(env, exports);
  return exports;
}
