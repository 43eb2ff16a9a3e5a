#include "parallel.h"

#include <algorithm>
#include <atomic>
#include <condition_variable>
#include <memory>
#include <mutex>
#include <thread>

namespace rise {
namespace {

/** Waking a thread takes some microseconds: a piece should take longer. */
constexpr double LEAST_PIECE = 20'000;
/** So many pieces for each thread, since threads are held up. */
constexpr int64_t PIECES_PER_THREAD = 4;

/** One loop: whoever has time takes its next piece. */
struct Loop {
  int64_t count, piece;
  const std::function<void(int64_t, int64_t)>* body;
  std::atomic<int64_t> next{0}, done{0};

  void Work() {
    for (int64_t begin = next.fetch_add(piece); begin < count; begin = next.fetch_add(piece)) {
      const int64_t end = std::min(begin + piece, count);
      (*body)(begin, end);
      done.fetch_add(end - begin, std::memory_order_release);
    }
  }
};

/** Threads that wait for loops, for as long as the process lives. */
class Pool {
 public:
  Pool() {
    const unsigned cores = std::max(1u, std::thread::hardware_concurrency());
    for (unsigned i = 1; i < cores; i++) std::thread([this] { Serve(); }).detach();
    threads_ = cores;
  }
  int64_t threads() const { return threads_; }

  void Run(const std::shared_ptr<Loop>& loop) {
    {
      std::lock_guard<std::mutex> lock(mutex_);
      loop_ = loop;
      version_++;
    }
    wake_.notify_all();
    loop->Work();
    // What others have begun takes no longer than a piece.
    while (loop->done.load(std::memory_order_acquire) < loop->count) std::this_thread::yield();
  }

 private:
  void Serve() {
    uint64_t seen = 0;
    for (;;) {
      std::shared_ptr<Loop> loop;
      {
        std::unique_lock<std::mutex> lock(mutex_);
        wake_.wait(lock, [&] { return version_ != seen; });
        seen = version_;
        loop = loop_;
      }
      loop->Work();
    }
  }

  std::mutex mutex_;
  std::condition_variable wake_;
  std::shared_ptr<Loop> loop_;
  uint64_t version_ = 0;
  int64_t threads_;
};

/** Never destroyed: its threads wait on it until the process ends. */
Pool& SharedPool() {
  static Pool* pool = new Pool();
  return *pool;
}

}  // namespace

void ParallelFor(int64_t count, double cost, const std::function<void(int64_t, int64_t)>& body) {
  if (count == 0) return;
  const double total = cost * static_cast<double>(count);
  if (total < 2 * LEAST_PIECE || count == 1) return body(0, count);
  Pool& pool = SharedPool();
  const auto pieces = std::min(static_cast<int64_t>(total / LEAST_PIECE), pool.threads() * PIECES_PER_THREAD);
  const auto loop = std::make_shared<Loop>();
  loop->count = count;
  loop->piece = std::max<int64_t>(1, (count + pieces - 1) / pieces);
  loop->body = &body;
  pool.Run(loop);
}

}  // namespace rise
