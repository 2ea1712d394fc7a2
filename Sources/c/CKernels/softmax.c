#pragma STDC FP_CONTRACT OFF
#include "CKernels.h"
#include "vector.h"

#pragma clang diagnostic ignored "-Wpsabi"

// Shares below e^-70 of the largest are no more than rounding; as zeros they keep subnormal numbers,
// which some CPUs are very slow with, out of the product that follows.
#define CK_SOFTMAX_FLOOR (-70.0f)

// The nearest float16 of numbers in 0…1, ties to even.
CK_INLINE ck_f32x16 rounded_to_half(ck_f32x16 x) {
  ck_u32x16 u = (ck_u32x16)x;
  ck_f32x16 normal = (ck_f32x16)((u + (0xfffu + ((u >> 13) & 1u))) & 0xffffe000u);
  ck_f32x16 tiny = (x + ck_splat(0.5f)) - ck_splat(0.5f);
  return ck_select(x < ck_splat(0x1p-14f), tiny, normal);
}

// Tokens whose sixteen sums are taken together.
#define CK_TOKENS 256

// One row: the largest number, then e^(x − largest) and their sum, then the division.
CK_INLINE void softmax_row(float *x, size_t n, int rounded) {
  size_t whole = n / CK_LANES * CK_LANES, rest = n - whole;
  ck_f32x16 largest = ck_splat(x[0]), sum = {};
  for (size_t j = 0; j < whole; j += CK_LANES) largest = ck_max(ck_load(x + j), largest);
  if (rest) largest = ck_max(ck_load_part(x + whole, rest, x[0]), largest);
  ck_f32x16 top = ck_splat(ck_max_lanes(largest));
  for (size_t first = 0; first < n; first += CK_TOKENS) {
    const size_t end = first + CK_TOKENS < whole ? first + CK_TOKENS : whole;
    ck_f32x16 part = {};
    for (size_t j = first; j < end; j += CK_LANES) {
      ck_f32x16 e = ck_exp_above(ck_load(x + j) - top, CK_SOFTMAX_FLOOR);
      ck_store(x + j, e);
      part += e;
    }
    if (rest && n - first <= CK_TOKENS) {
      // The padding is far below the floor and adds nothing.
      ck_f32x16 e =
          ck_exp_above(ck_load_part(x + whole, rest, -__builtin_inff()) - top, CK_SOFTMAX_FLOOR);
      ck_store_part(x + whole, e, rest);
      part += e;
    }
    sum += part;
  }
  ck_f32x16 scale = ck_splat(1.0f / ck_sum_lanes(sum));
  for (size_t j = 0; j < whole; j += CK_LANES) {
    ck_f32x16 p = ck_load(x + j) * scale;
    ck_store(x + j, rounded ? rounded_to_half(p) : p);
  }
  if (rest) {
    ck_f32x16 p = ck_load_part(x + whole, rest, 0.0f) * scale;
    ck_store_part(x + whole, rounded ? rounded_to_half(p) : p, rest);
  }
}

CK_INLINE void softmax_rows(float *x, size_t rows, size_t n, size_t first, int causal, int rounded) {
  for (size_t r = 0; r < rows; r++) {
    size_t seen = causal && first + r + 1 < n ? first + r + 1 : n;
    softmax_row(x + r * n, seen, rounded);
    for (size_t j = seen; j < n; j++) x[r * n + j] = 0.0f;
  }
}

CK_CLONES void ck_softmax(float *x, size_t rows, size_t n, int rounded) {
  if (rounded)
    softmax_rows(x, rows, n, 0, 0, 1);
  else
    softmax_rows(x, rows, n, 0, 0, 0);
}

CK_CLONES void ck_softmax_causal(float *x, size_t rows, size_t n, size_t first, int rounded) {
  if (rounded)
    softmax_rows(x, rows, n, first, 1, 1);
  else
    softmax_rows(x, rows, n, first, 1, 0);
}
