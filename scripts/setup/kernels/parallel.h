#pragma once
#include <cstdint>
#include <functional>

namespace rise {

/**
 * Runs `body(begin, end)` over [0, count) on all cores, in any order; the pieces do not depend on the number of cores only if
 * the body's results do not depend on where they are cut.
 * @param cost of one of them, about, in nanoseconds: little work stays on this thread
 */
void ParallelFor(int64_t count, double cost, const std::function<void(int64_t, int64_t)>& body);

}  // namespace rise
