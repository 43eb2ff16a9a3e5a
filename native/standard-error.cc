// TensorFlow's library writes a banner to standard error while it loads, whatever TF_CPP_MIN_LOG_LEVEL says.
// silence() points the descriptor at /dev/null and restore() puts it back; a load that fails still throws.
#include <fcntl.h>
#include <node_api.h>
#include <unistd.h>

namespace {

int saved = -1;

napi_value Silence(napi_env, napi_callback_info) {
  const int sink = open("/dev/null", O_WRONLY);
  if (saved < 0 && sink >= 0) {
    saved = dup(STDERR_FILENO);
    dup2(sink, STDERR_FILENO);
  }
  if (sink >= 0) close(sink);
  return nullptr;
}

napi_value Restore(napi_env, napi_callback_info) {
  if (saved >= 0) {
    dup2(saved, STDERR_FILENO);
    close(saved);
    saved = -1;
  }
  return nullptr;
}

void Export(napi_env env, napi_value exports, const char* name, napi_callback callback) {
  napi_value function;
  napi_create_function(env, name, NAPI_AUTO_LENGTH, callback, nullptr, &function);
  napi_set_named_property(env, exports, name, function);
}

}  // namespace

NAPI_MODULE_INIT() {
  Export(env, exports, "silence", Silence);
  Export(env, exports, "restore", Restore);
  return exports;
}
