#pragma STDC FP_CONTRACT OFF
#include "CKernels.h"
#include "vector.h"

#pragma clang diagnostic ignored "-Wpsabi"

// The inputs of one block of the sum: what is read of a panel meanwhile stays in a core's own cache.
#define CK_BLOCK 1024

// Rows `rows` of a product with one panel of `vectors`·16 outputs, `width` apart in memory.
//
// The sums stay in registers: `height`·`vectors` of them. They go on from y, or begin at `start`.
CK_INLINE void multiply_tile(
    const int height, const int vectors, const size_t width, const float *const *runs,
    size_t run_stride, size_t taps, size_t from, size_t k, const float *panel, const float *start,
    float *y, size_t stride) {
  ck_f32x16 sums[8][2];
  for (int r = 0; r < height; r++)
    for (int v = 0; v < vectors; v++)
      sums[r][v] = ck_load(start ? start + v * CK_LANES : y + r * stride + v * CK_LANES);
  for (size_t t = 0; t < taps; t++) {
    const float *x[8];
    for (int r = 0; r < height; r++) x[r] = runs[r * run_stride + t] + from;
#pragma clang loop unroll(disable)
    for (size_t i = 0; i < k; i++, panel += width) {
      ck_f32x16 w[2];
      for (int v = 0; v < vectors; v++) w[v] = ck_load(panel + v * CK_LANES);
#pragma unroll
      for (int r = 0; r < height; r++) {
        ck_f32x16 factor = ck_splat(x[r][i]);
#pragma unroll
        for (int v = 0; v < vectors; v++)
          sums[r][v] = __builtin_elementwise_fma(factor, w[v], sums[r][v]);
      }
    }
  }
  for (int r = 0; r < height; r++)
    for (int v = 0; v < vectors; v++) ck_store(y + r * stride + v * CK_LANES, sums[r][v]);
}

// Eight rows and a panel of `width` outputs, in parts that fit the registers.
CK_INLINE void multiply_panel(
    const int height, const int vectors, const size_t width, const float *const *runs,
    size_t run_stride, size_t taps, size_t from, size_t k, const float *panel, const float *start,
    float *y, size_t stride) {
  for (size_t v = 0; v < width; v += vectors * CK_LANES)
    for (size_t r = 0; r < 8; r += height)
      multiply_tile(
          height, vectors, width, runs + r * run_stride, run_stride, taps, from, k, panel + v,
          start ? start + v : 0, y + r * stride + v, stride);
}

CK_INLINE void multiply_any(
    const int height, const int vectors, size_t width, const float *const *runs, size_t run_stride,
    size_t taps, size_t from, size_t k, const float *panel, const float *start, float *y,
    size_t stride) {
  if (width == 32)
    multiply_panel(
        height, vectors, 32, runs, run_stride, taps, from, k, panel, start, y, stride);
  else
    multiply_panel(height, 1, 16, runs, run_stride, taps, from, k, panel, start, y, stride);
}

// At the edges: fewer than eight rows, or fewer outputs than the panel holds. The tile is made beside
// y, with the last row again in place of those that are missing.
CK_INLINE void multiply_edge(
    const int height, const int vectors, size_t width, const float *const *runs, size_t rows,
    size_t run_stride, size_t taps, size_t from, size_t k, const float *panel, const float *start,
    float *y, size_t stride, size_t outputs, const float **places) {
  float tile[8 * 32], begin[32] = {0};
  for (size_t r = 0; r < 8; r++) {
    size_t row = r < rows ? r : rows - 1;
    for (size_t t = 0; t < taps; t++) places[r * taps + t] = runs[row * run_stride + t];
    if (!start) memcpy(tile + r * 32, y + row * stride, outputs * sizeof *y);
  }
  if (start) memcpy(begin, start, outputs * sizeof *y);
  multiply_any(
      height, vectors, width, places, taps, taps, from, k, panel, start ? begin : 0, tile, 32);
  for (size_t r = 0; r < rows; r++) memcpy(y + r * stride, tile + r * 32, outputs * sizeof *y);
}

CK_INLINE void multiply(const int height, const int vectors, const ck_product *p) {
  static const float zeros[32];
  const size_t depth = p->taps * p->k;
  // Whole runs where they are short, else parts of one.
  const size_t whole = p->k < CK_BLOCK ? CK_BLOCK / p->k : 1;
  const size_t many = whole < CK_TAPS ? whole : CK_TAPS;
  const float *places[8 * CK_TAPS];
  for (size_t t = 0; t < p->taps; t += many) {
    const size_t taps = p->taps - t < many ? p->taps - t : many;
    for (size_t from = 0; from < p->k; from += CK_BLOCK) {
      const size_t k = p->k - from < CK_BLOCK ? p->k - from : CK_BLOCK;
      const int first = t == 0 && from == 0;
      for (size_t o = 0; o < p->outputs; o += 32) {
        const size_t rest = p->outputs - o, width = rest > 16 ? 32 : 16;
        const float *panel = p->weights + o * depth + (t * p->k + from) * width;
        const float *start = !first ? 0 : p->bias ? p->bias + o : zeros;
        for (size_t r = 0; r < p->rows; r += 8) {
          const float *const *runs = p->runs + r * p->taps + t;
          float *y = p->y + r * p->stride + o;
          if (p->rows - r >= 8 && rest >= width)
            multiply_any(
                height, vectors, width, runs, p->taps, taps, from, k, panel, start, y, p->stride);
          else
            multiply_edge(
                height, vectors, width, runs, p->rows - r < 8 ? p->rows - r : 8, p->taps, taps,
                from, k, panel, start, y, p->stride, rest < width ? rest : width, places);
        }
      }
    }
  }
}

#if defined(__x86_64__)
__attribute__((target("arch=x86-64-v4"))) void ck_multiply_v4(const ck_product *p) {
  multiply(8, 2, p);
}

__attribute__((target("arch=x86-64-v3"))) void ck_multiply_v3(const ck_product *p) {
  multiply(4, 1, p);
}
#endif

void ck_multiply_base(const ck_product *p) { multiply(1, 1, p); }

void ck_multiply(const ck_product *p) {
#if defined(__x86_64__)
  __builtin_cpu_init();
  if (__builtin_cpu_supports("x86-64-v4")) return ck_multiply_v4(p);
  if (__builtin_cpu_supports("x86-64-v3")) return ck_multiply_v3(p);
#endif
  ck_multiply_base(p);
}

size_t ck_packed_count(size_t outputs, size_t depth) { return (outputs + 15) / 16 * 16 * depth; }

void ck_pack_outputs(
    const float *w, size_t outputs, size_t depth, size_t stride, float factor, float *packed) {
  for (size_t o = 0; o < outputs; o += 32) {
    const size_t rest = outputs - o, width = rest > 16 ? 32 : 16;
    const size_t filled = rest < width ? rest : width;
    float *panel = packed + o * depth;
    for (size_t i = 0; i < depth; i += 16) {
      const size_t part = depth - i < 16 ? depth - i : 16;
      for (size_t v = 0; v < width; v++)
        for (size_t j = 0; j < part; j++)
          panel[(i + j) * width + v] = v < filled ? factor * w[(o + v) * stride + i + j] : 0.0f;
    }
  }
}

void ck_pack_inputs(
    const float *w, size_t outputs, size_t depth, size_t stride, float *packed) {
  for (size_t o = 0; o < outputs; o += 32) {
    const size_t rest = outputs - o, width = rest > 16 ? 32 : 16;
    const size_t filled = rest < width ? rest : width;
    float *panel = packed + o * depth;
    for (size_t i = 0; i < depth; i++, panel += width) {
      memcpy(panel, w + i * stride + o, filled * sizeof *w);
      memset(panel + filled, 0, (width - filled) * sizeof *w);
    }
  }
}

void ck_inputs_last(
    const float *weight, size_t outputs, size_t inputs, size_t taps, float *packed) {
  for (size_t o = 0; o < outputs; o++)
    for (size_t t = 0; t < taps; t++)
      for (size_t i = 0; i < inputs; i++)
        packed[(o * taps + t) * inputs + i] = weight[(o * inputs + i) * taps + t];
}
