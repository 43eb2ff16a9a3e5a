#pragma once
#include <cstdint>
#include <cstring>

/** Compiles a function once for each generation of x86 CPUs; the one that runs is chosen when the addon loads. */
#if defined(__x86_64__) && defined(__linux__) && __GNUC__ >= 12
#define VECTORIZED __attribute__((target_clones("arch=x86-64-v4", "arch=x86-64-v3", "default"), flatten))
#elif defined(__x86_64__) && defined(__linux__)
#define VECTORIZED __attribute__((target_clones("avx512f", "avx2", "default"), flatten))
#else
#define VECTORIZED
#endif

namespace rise {

constexpr int64_t LANES = 16;
/** A vector of numbers, which need not be aligned; wider than most CPUs', for which compilers split it. */
using Lanes = float __attribute__((vector_size(4 * LANES), aligned(4), may_alias));
using IntegerLanes = int32_t __attribute__((vector_size(4 * LANES)));

inline int64_t RoundUp(int64_t size, int64_t multiple) { return (size + multiple - 1) / multiple * multiple; }

inline float PowerOfTwo(float whole) {
  const int32_t bits = (static_cast<int32_t>(whole) + 127) << 23;
  float power;
  std::memcpy(&power, &bits, sizeof power);
  return power;
}

inline Lanes PowerOfTwo(Lanes whole) {
  const IntegerLanes bits = (__builtin_convertvector(whole, IntegerLanes) + 127) << 23;
  Lanes power;
  std::memcpy(&power, &bits, sizeof power);
  return power;
}

/** e^x to about 2 units in the last place, of a number or of lanes; loops of the former become vector code. */
template <typename T>
inline T Exp(T x) {
  constexpr float LOG2_E = 1.44269504f, LN2_HIGH = 0.693359375f, LN2_LOW = -2.12194440e-4f;
  /** Added and taken away, it rounds to whole numbers. */
  constexpr float ROUNDING = 12582912.f;
  const T least = T{} - 87.f, most = T{} + 88.f;
  x = x < least ? least : x;
  x = x > most ? most : x;
  const T power = (x * LOG2_E + ROUNDING) - ROUNDING;
  const T r = (x - power * LN2_HIGH) - power * LN2_LOW;
  const T series =
      1 + r * (1 + r * (1 / 2.f + r * (1 / 6.f + r * (1 / 24.f + r * (1 / 120.f + r * (1 / 720.f + r / 5040.f))))));
  return series * PowerOfTwo(power);
}

inline float Sigmoid(float x) { return 1 / (1 + Exp(-x)); }

inline float Dot(const float* a, const float* b, int64_t length) {
  float sum = 0;
#pragma omp simd reduction(+ : sum)
  for (int64_t i = 0; i < length; i++) sum += a[i] * b[i];
  return sum;
}

inline float Largest(const float* x, int64_t length) {
  float largest = x[0];
#pragma omp simd reduction(max : largest)
  for (int64_t i = 0; i < length; i++) largest = x[i] > largest ? x[i] : largest;
  return largest;
}

/** x becomes e^(scale (x - shift)); gives the sum. */
inline float Exponentiate(float* x, int64_t length, float shift, float scale = 1) {
  float sum = 0;
#pragma omp simd reduction(+ : sum)
  for (int64_t i = 0; i < length; i++) {
    x[i] = Exp(scale * (x[i] - shift));
    sum += x[i];
  }
  return sum;
}

inline void Scale(float* x, int64_t length, float factor) {
#pragma omp simd
  for (int64_t i = 0; i < length; i++) x[i] *= factor;
}

/** Of the first `seen` of `length` numbers; the others become 0. Loops over whole vectors are fastest. */
inline void Softmax(float* x, int32_t seen, int32_t length, float scale = 1) {
  float largest = x[0], sum = 0;
#pragma omp simd reduction(max : largest)
  for (int32_t i = 0; i < length; i++) {
    const float score = i < seen ? x[i] : x[0];
    largest = score > largest ? score : largest;
  }
#pragma omp simd reduction(+ : sum)
  for (int32_t i = 0; i < length; i++) {
    const float mass = Exp(scale * (x[i] - largest));
    x[i] = i < seen ? mass : 0;
    sum += x[i];
  }
  Scale(x, length, 1 / sum);
}

}  // namespace rise
