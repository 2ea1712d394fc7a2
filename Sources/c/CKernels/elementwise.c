#pragma STDC FP_CONTRACT OFF
#include "CKernels.h"
#include "vector.h"

#pragma clang diagnostic ignored "-Wpsabi"

// Clones call bodies that take no vectors: a vector may not cross from one instruction set to another.
//
// A body runs `expression` of the vectors `a` and `b` over n numbers; the tail is padded with zeros.
#define CK_BODY(name, parameter, expression)                                            \
  CK_INLINE void name(parameter, const float *x, const float *z, float *y, size_t n) {  \
    (void)k;                                                                            \
    size_t i = 0;                                                                       \
    for (; i + CK_LANES <= n; i += CK_LANES) {                                          \
      ck_f32x16 a = ck_load(x + i), b = ck_load(z + i);                                 \
      (void)b;                                                                          \
      ck_store(y + i, expression);                                                      \
    }                                                                                   \
    if (i < n) {                                                                        \
      ck_f32x16 a = ck_load_part(x + i, n - i, 0.0f), b = ck_load_part(z + i, n - i, 0.0f); \
      (void)b;                                                                          \
      ck_store_part(y + i, expression, n - i);                                          \
    }                                                                                   \
  }

CK_BODY(swish, float k, ck_swish_lanes(a, k))
CK_BODY(gelu, float k, ck_gelu_lanes(a))
CK_BODY(gated, float k, a * ck_gelu_lanes(b))
CK_BODY(sum, float k, a + b)
CK_BODY(product, float k, a * ck_splat(k))
CK_BODY(product_sum, float k, b + a * ck_splat(k))

CK_CLONES void ck_silu(const float *x, float *y, size_t n) { swish(1.0f, x, x, y, n); }
CK_CLONES void ck_gelu(const float *x, float *y, size_t n) { gelu(0.0f, x, x, y, n); }
CK_CLONES void ck_quick_gelu(const float *x, float *y, size_t n) { swish(1.702f, x, x, y, n); }

CK_CLONES void ck_geglu(const float *x, float *y, size_t rows, size_t c) {
  for (size_t r = 0; r < rows; r++) gated(0.0f, x + r * 2 * c, x + r * 2 * c + c, y + r * c, c);
}

CK_CLONES void ck_add(const float *x, const float *z, float *y, size_t n) {
  sum(0.0f, x, z, y, n);
}

CK_CLONES void ck_add_vector(const float *x, const float *vector, float *y, size_t rows, size_t c) {
  for (size_t r = 0; r < rows; r++) sum(0.0f, x + r * c, vector, y + r * c, c);
}

CK_CLONES void ck_scale(float k, const float *x, float *y, size_t n) { product(k, x, x, y, n); }
CK_CLONES void ck_axpy(float k, const float *x, float *y, size_t n) { product_sum(k, x, y, y, n); }

// Bits are moved, not numbers: what is not a number keeps its payload.
void ck_choose(const float *mask, const float *x, const float *z, float *y, size_t n) {
  for (size_t i = 0; i < n; i++) {
    uint32_t gate, a, b;
    memcpy(&gate, mask + i, sizeof gate);
    memcpy(&a, x + i, sizeof a);
    memcpy(&b, z + i, sizeof b);
    // −0 is no gate either.
    a = (gate & 0x7fffffffu) ? a : b;
    memcpy(y + i, &a, sizeof a);
  }
}

CK_CLONES int ck_all_finite(const float *x, size_t n) {
  uint32_t worst = 0;
  for (size_t i = 0; i < n; i++) {
    uint32_t bits;
    memcpy(&bits, x + i, sizeof bits);
    bits &= 0x7fffffffu;
    worst = bits > worst ? bits : worst;
  }
  return worst < 0x7f800000u;
}

CK_CLONES int ck_all_finite_f16(const uint16_t *x, size_t n) {
  uint16_t worst = 0;
  for (size_t i = 0; i < n; i++) {
    uint16_t bits = x[i] & 0x7fffu;
    worst = bits > worst ? bits : worst;
  }
  return worst < 0x7c00u;
}

void ck_fill_rows(const float *vector, float *y, size_t rows, size_t c, size_t stride) {
  for (size_t r = 0; r < rows; r++) {
    if (vector)
      memcpy(y + r * stride, vector, c * sizeof *y);
    else
      memset(y + r * stride, 0, c * sizeof *y);
  }
}

void ck_copy_rows(
    const void *x, void *y, size_t rows, size_t bytes, size_t x_stride, size_t y_stride) {
  for (size_t r = 0; r < rows; r++)
    memcpy((char *)y + r * y_stride, (const char *)x + r * x_stride, bytes);
}

// Square tiles keep both the reads and the writes inside a few cache lines.
void ck_transpose(const float *x, float *y, size_t rows, size_t columns) {
  enum { tile = 16 };
  for (size_t r0 = 0; r0 < rows; r0 += tile)
    for (size_t c0 = 0; c0 < columns; c0 += tile)
      for (size_t r = r0; r < rows && r < r0 + tile; r++)
        for (size_t c = c0; c < columns && c < c0 + tile; c++) y[c * rows + r] = x[r * columns + c];
}
