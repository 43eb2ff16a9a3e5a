// Ops of our own, through TensorFlow's C API: each is a struct that names its inputs and outputs and computes them.
#pragma once
#include <cstdint>
#include <initializer_list>
#include <stdexcept>
#include <string>
#include <vector>

#include "tensorflow/c/kernels.h"
#include "tensorflow/c/ops.h"
#include "tensorflow/c/tf_tensor.h"

namespace rise {

/** Attributes of a node of the graph. */
class Attributes {
 public:
  explicit Attributes(TF_OpKernelConstruction* construction) : construction_(construction), status_(TF_NewStatus()) {}
  ~Attributes() { TF_DeleteStatus(status_); }
  int64_t Integer(const char* name) const {
    int64_t value = 0;
    TF_OpKernelConstruction_GetAttrInt64(construction_, name, &value, status_);
    return value;
  }
  float Float(const char* name) const {
    float value = 0;
    TF_OpKernelConstruction_GetAttrFloat(construction_, name, &value, status_);
    return value;
  }
  TF_Status* status() const { return status_; }

 private:
  TF_OpKernelConstruction* construction_;
  TF_Status* status_;
};

/** One execution of an op. A tensor is rows of its last axis. */
class Call {
 public:
  explicit Call(TF_OpKernelContext* context) : context_(context), status_(TF_NewStatus()) {
    for (int i = 0; i < TF_NumInputs(context); i++) {
      TF_Tensor* tensor = nullptr;
      TF_GetInput(context, i, &tensor, status_);
      inputs_.push_back(tensor);
    }
  }
  ~Call() {
    for (TF_Tensor* tensor : inputs_) TF_DeleteTensor(tensor);
    for (TF_Tensor* tensor : outputs_) TF_DeleteTensor(tensor);
    TF_DeleteStatus(status_);
  }
  Call(const Call&) = delete;

  template <typename T>
  const T* Input(int i) const {
    return static_cast<const T*>(TF_TensorData(inputs_[i]));
  }
  /** Memory of an input that is a variable's value, to be written where it lies. */
  template <typename T>
  T* InPlace(int i) {
    return static_cast<T*>(TF_TensorData(inputs_[i]));
  }
  int64_t Size(int i) const { return TF_TensorElementCount(inputs_[i]); }
  int64_t Width(int i) const {
    const int rank = TF_NumDims(inputs_[i]);
    return rank == 0 ? 1 : TF_Dim(inputs_[i], rank - 1);
  }
  int64_t Rows(int i) const { return Width(i) == 0 ? 0 : Size(i) / Width(i); }

  /** Memory of an output with the shape of an input. */
  template <typename T>
  T* Output(int index, int like) {
    std::vector<int64_t> sizes(TF_NumDims(inputs_[like]));
    for (size_t i = 0; i < sizes.size(); i++) sizes[i] = TF_Dim(inputs_[like], static_cast<int>(i));
    TF_Tensor* tensor = TF_AllocateOutput(context_, index, TF_ExpectedOutputDataType(context_, index), sizes.data(),
                                          static_cast<int>(sizes.size()), Size(like) * sizeof(T), status_);
    if (TF_GetCode(status_) != TF_OK) throw std::runtime_error(TF_Message(status_));
    outputs_.push_back(tensor);
    return static_cast<T*>(TF_TensorData(tensor));
  }

  void Require(bool holds, const char* what) const {
    if (!holds) throw std::runtime_error(what);
  }

  void Fail(const char* message) {
    TF_SetStatus(status_, TF_INVALID_ARGUMENT, message);
    TF_OpKernelContext_Failure(context_, status_);
  }

 private:
  TF_OpKernelContext* context_;
  TF_Status* status_;
  std::vector<TF_Tensor*> inputs_;
  std::vector<TF_Tensor*> outputs_;
};

template <typename Op>
void InferShapes(TF_ShapeInferenceContext* context, TF_Status* status) {
  TF_ShapeHandle* shape = TF_NewShapeHandle();
  int output = 0;
  for (const int like : Op::outputs_like) {
    TF_ShapeInferenceContextGetInput(context, like, shape, status);
    if (TF_GetCode(status) == TF_OK) TF_ShapeInferenceContextSetOutput(context, output++, shape, status);
  }
  TF_DeleteShapeHandle(shape);
}

template <typename Op>
void* Create(TF_OpKernelConstruction* construction) {
  const Attributes attributes(construction);
  auto* op = new Op(attributes);
  if (TF_GetCode(attributes.status()) != TF_OK) TF_OpKernelConstruction_Failure(construction, attributes.status());
  return op;
}

template <typename Op>
void Compute(void* op, TF_OpKernelContext* context) {
  Call call(context);
  try {
    static_cast<const Op*>(op)->Compute(call);
  } catch (const std::exception& error) {
    call.Fail((std::string(Op::name) + ": " + error.what()).c_str());
  }
}

template <typename Op>
void Delete(void* op) {
  delete static_cast<Op*>(op);
}

/** Makes an op known to TensorFlow, for CPUs. */
template <typename Op>
void Register() {
  TF_Status* status = TF_NewStatus();
  TF_OpDefinitionBuilder* definition = TF_NewOpDefinitionBuilder(Op::name);
  for (const char* attribute : Op::attributes) TF_OpDefinitionBuilderAddAttr(definition, attribute);
  for (const char* input : Op::inputs) TF_OpDefinitionBuilderAddInput(definition, input);
  for (const char* output : Op::outputs) TF_OpDefinitionBuilderAddOutput(definition, output);
  // One that gives nothing is run for what it writes, each time.
  if (Op::outputs.size() == 0) TF_OpDefinitionBuilderSetIsStateful(definition, true);
  TF_OpDefinitionBuilderSetShapeInferenceFunction(definition, &InferShapes<Op>);
  TF_RegisterOpDefinition(definition, status);
  if (TF_GetCode(status) == TF_OK) {
    TF_KernelBuilder* kernel = TF_NewKernelBuilder(Op::name, "CPU", &Create<Op>, &Compute<Op>, &Delete<Op>);
    TF_RegisterKernelBuilder(Op::name, kernel, status);
  }
  const std::string fault = TF_GetCode(status) == TF_OK ? "" : TF_Message(status);
  TF_DeleteStatus(status);
  if (!fault.empty()) throw std::runtime_error(fault);
}

using Names = std::initializer_list<const char*>;
/** For each output: the input whose shape it has. */
using Likes = std::initializer_list<int>;

void RegisterRmsNorm();
void RegisterSwiGlu();
void RegisterRotate();
void RegisterCausalAttention();
void RegisterSlotAttention();
void RegisterTokenScores();
void RegisterDrawTokens();
void RegisterAddRows();

inline void RegisterKernels() {
  RegisterRmsNorm();
  RegisterSwiGlu();
  RegisterRotate();
  RegisterCausalAttention();
  RegisterSlotAttention();
  RegisterTokenScores();
  RegisterDrawTokens();
  RegisterAddRows();
}

}  // namespace rise
