#pragma once
#include <cstdint>
#include <functional>

namespace rise {

/**
 * Runs `body(begin, end)` over pieces of [0, count) on all cores, in any order. Where the pieces are cut depends on the number of
 * cores, so what the body computes must not depend on that.
 *
 * @param cost of each of the `count`, about, in nanoseconds: little work stays on this thread
 */
void ParallelFor(int64_t count, double cost, const std::function<void(int64_t, int64_t)>& body);

}  // namespace rise
