#pragma STDC FP_CONTRACT OFF
#include "CKernels.h"
#include "vector.h"

// Products of factors rounded to bfloat16, by the instruction that multiplies two pairs and adds both
// to a float32 sum (AVX512-BF16).

size_t ck_pairs_count(size_t outputs, size_t taps, size_t k) {
  return (outputs + 15) / 16 * 16 * taps * ((k + 1) / 2 * 2);
}

void ck_pack_pairs(
    const float *packed, size_t outputs, size_t taps, size_t k, uint16_t *pairs) {
  float both[2 * 32];
  for (size_t o = 0; o < outputs; o += 32) {
    const size_t width = outputs - o > 16 ? 32 : 16;
    const float *panel = packed + o * taps * k;
    uint16_t *to = pairs + ck_pairs_count(o, taps, k);
    for (size_t t = 0; t < taps; t++)
      for (size_t i = 0; i < k; i += 2, to += 2 * width) {
        const float *first = panel + (t * k + i) * width;
        for (size_t v = 0; v < width; v++) {
          both[2 * v] = first[v];
          both[2 * v + 1] = i + 1 < k ? first[width + v] : 0.0f;
        }
        ck_f32_to_bf16(both, to, 2 * width);
      }
  }
}

#if defined(__x86_64__)
#include <immintrin.h>

#pragma clang diagnostic ignored "-Wpsabi"
#define CK_BF16_CODE __attribute__((target("arch=x86-64-v4,avx512bf16")))
// The pairs of one block of a sum, part of what decides its bits; the rows whose inputs are rounded at
// a time.
#define CK_BLOCK_PAIRS 512
#define CK_ROWS 64

// A run of k numbers, rounded; one more 0 where k is odd.
CK_BF16_CODE static inline void round_run(const float *x, size_t k, uint32_t *pairs) {
  size_t i = 0;
  for (; i + 32 <= k; i += 32) {
    const __m512 low = _mm512_loadu_ps(x + i), high = _mm512_loadu_ps(x + i + 16);
    _mm512_storeu_si512(pairs + i / 2, (__m512i)_mm512_cvtne2ps_pbh(high, low));
  }
  if (i == k) return;
  const size_t rest = k - i, first = rest < 16 ? rest : 16;
  const __m512 low = _mm512_maskz_loadu_ps((__mmask16)((1u << first) - 1), x + i);
  const __m512 high =
      _mm512_maskz_loadu_ps((__mmask16)((1u << (rest - first)) - 1), x + i + first);
  _mm512_mask_storeu_epi32(
      pairs + i / 2, (__mmask16)((1u << ((rest + 1) / 2)) - 1),
      (__m512i)_mm512_cvtne2ps_pbh(high, low));
}

// Eight rows, `across` pairs apart, with `vectors`·16 outputs of a panel of `width`. The first block's
// sums begin at `start`, another one's (no `start`) at 0, and are added to y.
CK_BF16_CODE static inline __attribute__((always_inline)) void multiply_tile(
    const int vectors, const size_t width, const uint32_t *x, size_t across, size_t pairs,
    const uint32_t *panel, const float *start, float *y, size_t stride) {
  __m512 sums[8][2];
  for (int r = 0; r < 8; r++)
    for (int v = 0; v < vectors; v++)
      sums[r][v] = start ? _mm512_loadu_ps(start + v * 16) : _mm512_setzero_ps();
#pragma clang loop unroll(disable)
  for (size_t i = 0; i < pairs; i++, panel += width) {
    __m512bh w[2];
    for (int v = 0; v < vectors; v++) w[v] = (__m512bh)_mm512_loadu_si512(panel + v * 16);
#pragma unroll
    for (int r = 0; r < 8; r++) {
      const __m512bh factor = (__m512bh)_mm512_set1_epi32((int)x[r * across + i]);
#pragma unroll
      for (int v = 0; v < vectors; v++) sums[r][v] = _mm512_dpbf16_ps(sums[r][v], factor, w[v]);
    }
  }
  for (int r = 0; r < 8; r++)
    for (int v = 0; v < vectors; v++) {
      float *to = y + r * stride + v * 16;
      _mm512_storeu_ps(to, start ? sums[r][v] : _mm512_add_ps(_mm512_loadu_ps(to), sums[r][v]));
    }
}

// Up to eight rows and one panel; what is not whole is made beside y.
CK_BF16_CODE static inline void multiply_panel(
    size_t width, const uint32_t *x, size_t rows, size_t across, size_t pairs,
    const uint32_t *panel, const float *start, float *y, size_t stride, size_t outputs) {
  if (rows == 8 && outputs == 32)
    return multiply_tile(2, 32, x, across, pairs, panel, start, y, stride);
  float tile[8 * 32] = {0}, begin[32] = {0};
  for (size_t r = 0; r < rows && !start; r++)
    memcpy(tile + r * 32, y + r * stride, outputs * sizeof *y);
  if (start) memcpy(begin, start, outputs * sizeof *y);
  if (width == 32)
    multiply_tile(2, 32, x, across, pairs, panel, start ? begin : 0, tile, 32);
  else
    multiply_tile(1, 16, x, across, pairs, panel, start ? begin : 0, tile, 32);
  for (size_t r = 0; r < rows; r++) memcpy(y + r * stride, tile + r * 32, outputs * sizeof *y);
}

CK_BF16_CODE void ck_multiply_pairs(const ck_product *p) {
  static const float zeros[32];
  uint32_t x[CK_ROWS * CK_BLOCK_PAIRS];
  const size_t pairs = (p->k + 1) / 2, depth = p->taps * pairs;
  // Whole runs where they are short, else parts of one.
  const size_t many = pairs < CK_BLOCK_PAIRS ? CK_BLOCK_PAIRS / pairs : 1;
  for (size_t t = 0; t < p->taps; t += many) {
    const size_t taps = p->taps - t < many ? p->taps - t : many;
    for (size_t from = 0; from < pairs; from += CK_BLOCK_PAIRS) {
      const size_t part = pairs - from < CK_BLOCK_PAIRS ? pairs - from : CK_BLOCK_PAIRS;
      const size_t numbers = p->k - 2 * from < 2 * part ? p->k - 2 * from : 2 * part;
      const int first = t == 0 && from == 0;
      for (size_t r = 0; r < p->rows; r += CK_ROWS) {
        const size_t rows = p->rows - r < CK_ROWS ? p->rows - r : CK_ROWS;
        for (size_t row = 0; row < rows; row++)
          for (size_t tap = 0; tap < taps; tap++)
            round_run(
                p->runs[(r + row) * p->taps + t + tap] + 2 * from, numbers,
                x + (row * taps + tap) * part);
        for (size_t o = 0; o < p->outputs; o += 32) {
          const size_t rest = p->outputs - o, width = rest > 16 ? 32 : 16;
          const uint32_t *panel =
              (const uint32_t *)p->weights + o * depth + (t * pairs + from) * width;
          const float *start = !first ? 0 : p->bias ? p->bias + o : zeros;
          for (size_t row = 0; row < rows; row += 8)
            multiply_panel(
                width, x + row * taps * part, rows - row < 8 ? rows - row : 8, taps * part,
                taps * part, panel, start, p->y + (r + row) * p->stride + o, p->stride,
                rest < width ? rest : width);
        }
      }
    }
  }
}
#endif
