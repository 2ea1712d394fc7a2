// Sixteen float lanes, as every kernel here uses them. Not part of the public header.
//
// Each kernel is built for several instruction sets and must give the same bits in all of them and on
// every CPU. So a vector is always sixteen lanes wide, however many registers that takes; products
// and sums stay apart (no fused operations); sums have sixteen partial sums, joined in one order; a
// short tail runs through the same vector code, padded; and nothing calls libm.
#pragma once
#pragma STDC FP_CONTRACT OFF
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#define CK_CLONES __attribute__((target_clones("arch=x86-64-v4", "arch=x86-64-v3", "default")))
#define CK_INLINE static inline __attribute__((always_inline))
#define CK_LANES 16

typedef float ck_f32x16 __attribute__((vector_size(64)));
typedef int32_t ck_i32x16 __attribute__((vector_size(64)));
typedef uint32_t ck_u32x16 __attribute__((vector_size(64)));

#pragma clang diagnostic push
// The helpers are always inlined, so no vector ever crosses a call.
#pragma clang diagnostic ignored "-Wpsabi"

CK_INLINE ck_f32x16 ck_splat(float x) {
  return (ck_f32x16){x, x, x, x, x, x, x, x, x, x, x, x, x, x, x, x};
}

CK_INLINE ck_f32x16 ck_load(const float *p) {
  ck_f32x16 v;
  memcpy(&v, p, sizeof v);
  return v;
}

CK_INLINE void ck_store(float *p, ck_f32x16 v) { memcpy(p, &v, sizeof v); }

// The first `n` lanes from memory, the others `fill`.
CK_INLINE ck_f32x16 ck_load_part(const float *p, size_t n, float fill) {
  float lanes[CK_LANES];
  for (size_t i = 0; i < CK_LANES; i++) lanes[i] = i < n ? p[i] : fill;
  return ck_load(lanes);
}

CK_INLINE void ck_store_part(float *p, ck_f32x16 v, size_t n) {
  float lanes[CK_LANES];
  ck_store(lanes, v);
  for (size_t i = 0; i < n; i++) p[i] = lanes[i];
}

// `mask` lanes are all ones or all zeros, as vector comparisons give them.
CK_INLINE ck_f32x16 ck_select(ck_i32x16 mask, ck_f32x16 yes, ck_f32x16 no) {
  return (ck_f32x16)((mask & (ck_i32x16)yes) | (~mask & (ck_i32x16)no));
}

CK_INLINE ck_u32x16 ck_select_bits(ck_i32x16 mask, ck_u32x16 yes, ck_u32x16 no) {
  return ((ck_u32x16)mask & yes) | (~(ck_u32x16)mask & no);
}

// The larger lane; `b` where `a` is not a number.
CK_INLINE ck_f32x16 ck_max(ck_f32x16 a, ck_f32x16 b) { return ck_select(a > b, a, b); }

// Joins sixteen partial sums, always in this order.
CK_INLINE float ck_sum_lanes(ck_f32x16 v) {
  float s[CK_LANES];
  ck_store(s, v);
  for (int i = 0; i < 8; i++) s[i] += s[i + 8];
  for (int i = 0; i < 4; i++) s[i] += s[i + 4];
  return (s[0] + s[2]) + (s[1] + s[3]);
}

CK_INLINE float ck_max_lanes(ck_f32x16 v) {
  float s[CK_LANES];
  ck_store(s, v);
  float largest = s[0];
  for (int i = 1; i < CK_LANES; i++) largest = s[i] > largest ? s[i] : largest;
  return largest;
}

// e^x for −87 ≤ x ≤ 88, within about 1e-7 of the value. Not-a-number stays so.
//
// x = n·ln 2 + r with |r| ≤ ln 2 / 2; e^r is a polynomial of degree 6, 2^n is built from bits.
// n comes from adding 1.5·2^23, which rounds to a whole number in the low bits of the mantissa.
CK_INLINE ck_f32x16 ck_exp_inside(ck_f32x16 x) {
  const ck_f32x16 magic = ck_splat(12582912.0f);
  ck_f32x16 shifted = x * ck_splat(1.44269504f) + magic;
  ck_f32x16 n = shifted - magic;
  ck_f32x16 r = x - n * ck_splat(0.693359375f);
  r = r - n * ck_splat(-2.12194440e-4f);
  ck_f32x16 p = ck_splat(1.38888889e-3f);
  p = p * r + ck_splat(8.33333333e-3f);
  p = p * r + ck_splat(4.16666667e-2f);
  p = p * r + ck_splat(1.66666667e-1f);
  p = p * r + ck_splat(0.5f);
  ck_f32x16 y = (p * (r * r) + r) + ck_splat(1.0f);
  // A product, not a sum of bits, so that not-a-number stays one.
  return y * (ck_f32x16)(((ck_i32x16)shifted << 23) + (127 << 23));
}

// e^x for x ≤ 88; 0 below `floor`, which is at least −87. Not-a-number stays so.
CK_INLINE ck_f32x16 ck_exp_above(ck_f32x16 x, float floor) {
  ck_i32x16 gone = x < ck_splat(floor);
  ck_f32x16 y = ck_exp_inside(ck_select(gone, ck_splat(0.0f), x));
  return (ck_f32x16)(~gone & (ck_i32x16)y);
}

// e^x; 0 below −87, e^88 above 88.
CK_INLINE ck_f32x16 ck_exp_lanes(ck_f32x16 x) {
  const ck_f32x16 top = ck_splat(88.0f);
  return ck_exp_above(ck_select(x > top, top, x), -87.0f);
}

// x · Φ(x), the Gaussian's distribution function by erf; the left tail keeps its relative accuracy.
//
// erf is x + x·P(x²) near 0 and 1 − e^Q(|x|) further out, both minimax polynomials.
CK_INLINE ck_f32x16 ck_gelu_lanes(ck_f32x16 x) {
  const ck_f32x16 one = ck_splat(1.0f), half = ck_splat(0.5f);
  ck_f32x16 z = x * ck_splat(0.707106781f);
  ck_f32x16 t = (ck_f32x16)((ck_i32x16)z & 0x7fffffff);
  ck_f32x16 s = z * z;
  ck_f32x16 near = ck_splat(-5.96761703e-4f);
  near = near * s + ck_splat(4.99119423e-3f);
  near = near * s + ck_splat(-2.67681349e-2f);
  near = near * s + ck_splat(1.12819925e-1f);
  near = near * s + ck_splat(-3.76125336e-1f);
  near = near * s + ck_splat(1.28379166e-1f);
  near = half + half * (near * z + z);
  ck_f32x16 u = ck_select(t > ck_splat(9.3f), ck_splat(9.3f), t);
  ck_f32x16 far = ck_splat(-1.72853470e-5f);
  far = far * u + ck_splat(3.83197126e-4f);
  far = far * u + ck_splat(-3.88396438e-3f);
  far = far * u + ck_splat(2.42546219e-2f);
  far = far * u + ck_splat(-1.06777877e-1f);
  far = far * u + ck_splat(-6.34846687e-1f);
  far = far * u + ck_splat(-1.28717512e-1f);
  far = far * u - u;
  far = half * ck_exp_lanes(far);
  far = ck_select(z < ck_splat(0.0f), far, one - far);
  return x * ck_select(t > ck_splat(0.927734375f), far, near);
}

// x / (1 + e^(−k·x)).
CK_INLINE ck_f32x16 ck_swish_lanes(ck_f32x16 x, float k) {
  return x / (ck_splat(1.0f) + ck_exp_lanes(x * ck_splat(-k)));
}

#pragma clang diagnostic pop
