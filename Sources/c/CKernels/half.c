#pragma STDC FP_CONTRACT OFF
#include "CKernels.h"
#include "vector.h"

#pragma clang diagnostic ignored "-Wpsabi"

typedef uint16_t ck_u16x16 __attribute__((vector_size(32)));

// Rounds to nearest even. Numbers below 2^-14 are rounded by adding 0.5, whose last bit is 2^-24.
CK_INLINE ck_u32x16 to_half(ck_f32x16 x) {
  ck_u32x16 bits = (ck_u32x16)x, sign = bits & 0x80000000u, u = bits ^ sign;
  ck_u32x16 normal = (u + (0xc8000fffu + ((u >> 13) & 1u))) >> 13;
  ck_u32x16 tiny = (ck_u32x16)((ck_f32x16)u + ck_splat(0.5f)) - 0x3f000000u;
  ck_u32x16 special = ck_select_bits(
      (ck_i32x16)(u > 0x7f800000u), (ck_u32x16){} + 0x7e00u, (ck_u32x16){} + 0x7c00u);
  ck_u32x16 half = ck_select_bits((ck_i32x16)(u < 0x38800000u), tiny, normal);
  half = ck_select_bits((ck_i32x16)(u >= 0x47800000u), special, half);
  return half | (sign >> 16);
}

// Exact. The exponent is moved by a multiplication, which also handles subnormals.
CK_INLINE ck_f32x16 from_half(ck_u32x16 half) {
  ck_u32x16 sign = (half & 0x8000u) << 16, magnitude = half & 0x7fffu;
  ck_f32x16 value = (ck_f32x16)(magnitude << 13) * ck_splat(0x1p112f);
  ck_u32x16 special = (magnitude << 13) | 0x7f800000u;
  ck_u32x16 bits = ck_select_bits((ck_i32x16)(magnitude >= 0x7c00u), special, (ck_u32x16)value);
  return (ck_f32x16)(bits | sign);
}

CK_INLINE ck_u32x16 to_bfloat(ck_f32x16 x) {
  ck_u32x16 u = (ck_u32x16)x;
  ck_u32x16 rounded = (u + 0x7fffu + ((u >> 16) & 1u)) >> 16;
  return ck_select_bits(
      (ck_i32x16)((u & 0x7fffffffu) > 0x7f800000u), (u >> 16) | 0x40u, rounded);
}

CK_INLINE void narrow(const float *x, uint16_t *y, size_t n, int bfloat) {
  for (size_t i = 0; i < n; i += CK_LANES) {
    size_t lanes = n - i < CK_LANES ? n - i : CK_LANES;
    ck_f32x16 v = lanes == CK_LANES ? ck_load(x + i) : ck_load_part(x + i, lanes, 0.0f);
    ck_u16x16 packed = __builtin_convertvector(bfloat ? to_bfloat(v) : to_half(v), ck_u16x16);
    if (lanes == CK_LANES)
      memcpy(y + i, &packed, sizeof packed);
    else
      memcpy(y + i, &packed, lanes * sizeof *y);
  }
}

CK_INLINE void widen(const uint16_t *x, float *y, size_t n, int bfloat) {
  for (size_t i = 0; i < n; i += CK_LANES) {
    size_t lanes = n - i < CK_LANES ? n - i : CK_LANES;
    ck_u16x16 packed = {};
    if (lanes == CK_LANES)
      memcpy(&packed, x + i, sizeof packed);
    else
      memcpy(&packed, x + i, lanes * sizeof *x);
    ck_u32x16 bits = __builtin_convertvector(packed, ck_u32x16);
    ck_f32x16 v = bfloat ? (ck_f32x16)(bits << 16) : from_half(bits);
    if (lanes == CK_LANES)
      ck_store(y + i, v);
    else
      ck_store_part(y + i, v, lanes);
  }
}

CK_CLONES void ck_f32_to_f16(const float *x, uint16_t *y, size_t n) { narrow(x, y, n, 0); }
CK_CLONES void ck_f32_to_bf16(const float *x, uint16_t *y, size_t n) { narrow(x, y, n, 1); }
CK_CLONES void ck_f16_to_f32(const uint16_t *x, float *y, size_t n) { widen(x, y, n, 0); }
CK_CLONES void ck_bf16_to_f32(const uint16_t *x, float *y, size_t n) { widen(x, y, n, 1); }
