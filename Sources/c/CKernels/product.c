#pragma STDC FP_CONTRACT OFF
#include "CKernels.h"
#include "vector.h"

#pragma clang diagnostic ignored "-Wpsabi"

// The inputs of one block of a sum, part of what decides its bits: what is read of a panel meanwhile
// stays in a core's own cache.
#define CK_BLOCK 1024

typedef uint16_t ck_u16x16 __attribute__((vector_size(32)));
typedef _Float16 ck_f16x16 __attribute__((vector_size(32)));

// A panel's part that a block of the sum takes: `numbers` where weights are float32. Else the first
// tile takes them from `narrow` and leaves them in `numbers` for the others.
typedef struct {
  float *numbers;
  const uint16_t *narrow;
  size_t width;
} ck_panel;

CK_INLINE ck_f32x16 widened(const int has_f16, ck_element element, const uint16_t *x) {
  ck_u16x16 bits;
  float numbers[CK_LANES];
  memcpy(&bits, x, sizeof bits);
  if (element == CK_BF16) return (ck_f32x16)(__builtin_convertvector(bits, ck_u32x16) << 16);
  if (has_f16) return __builtin_convertvector((ck_f16x16)bits, ck_f32x16);
  ck_f16_to_f32(x, numbers, CK_LANES);
  return ck_load(numbers);
}

// The inputs of some rows: for each of them, where its runs begin, `stride` apart; `taps` of them, k
// numbers each, `from` one on.
typedef struct {
  const float *const *runs;
  size_t stride, taps, from, k;
} ck_inputs;

// `height` rows with `vectors`·16 outputs of a panel, `v` on. The sums of a block stay in registers:
// the first block's begin at `start`, another one's (no `start`) at 0, and are added to y.
CK_INLINE void multiply_tile(
    const int height, const int vectors, const size_t width, const int has_f16,
    const ck_element element, ck_inputs in, ck_panel panel, size_t v, const float *start, float *y,
    size_t stride) {
  ck_f32x16 sums[8][2];
  float *numbers = panel.numbers + v;
  const uint16_t *narrow = panel.narrow + v;
  for (int r = 0; r < height; r++)
    for (int c = 0; c < vectors; c++)
      sums[r][c] = start ? ck_load(start + v + c * CK_LANES) : ck_splat(0.0f);
  for (size_t t = 0; t < in.taps; t++) {
    const float *x[8];
    for (int r = 0; r < height; r++) x[r] = in.runs[r * in.stride + t] + in.from;
#pragma clang loop unroll(disable)
    for (size_t i = 0; i < in.k; i++, numbers += width, narrow += width) {
      ck_f32x16 w[2];
      for (int c = 0; c < vectors; c++) {
        w[c] = element == CK_F32 ? ck_load(numbers + c * CK_LANES)
                                 : widened(has_f16, element, narrow + c * CK_LANES);
        if (element != CK_F32) ck_store(numbers + c * CK_LANES, w[c]);
      }
#pragma unroll
      for (int r = 0; r < height; r++) {
        ck_f32x16 factor = ck_splat(x[r][i]);
#pragma unroll
        for (int c = 0; c < vectors; c++)
          sums[r][c] = __builtin_elementwise_fma(factor, w[c], sums[r][c]);
      }
    }
  }
  for (int r = 0; r < height; r++)
    for (int c = 0; c < vectors; c++) {
      float *to = y + r * stride + v + c * CK_LANES;
      ck_store(to, start ? sums[r][c] : ck_load(to) + sums[r][c]);
    }
}

// Eight rows and a panel, in parts that fit the registers; `element` is how its weights come.
CK_INLINE void multiply_panel(
    const int height, const int vectors, const size_t width, const int has_f16,
    const ck_element element, ck_inputs in, ck_panel panel, const float *start, float *y,
    size_t stride) {
  for (size_t v = 0; v < width; v += vectors * CK_LANES)
    for (size_t r = 0; r < 8; r += height) {
      ck_inputs part = in;
      part.runs += r * in.stride;
      if (r == 0)
        multiply_tile(
            height, vectors, width, has_f16, element, part, panel, v, start, y, stride);
      else
        multiply_tile(
            height, vectors, width, has_f16, CK_F32, part, panel, v, start, y + r * stride,
            stride);
    }
}

CK_INLINE void multiply_any(
    const int height, const int vectors, const int has_f16, ck_element element, ck_inputs in,
    ck_panel panel, const float *start, float *y, size_t stride) {
#define CK_PANEL(vectors, width, element) \
  multiply_panel(height, vectors, width, has_f16, element, in, panel, start, y, stride)
  if (panel.width == 32)
    switch (element) {
      case CK_F16: return CK_PANEL(vectors, 32, CK_F16);
      case CK_BF16: return CK_PANEL(vectors, 32, CK_BF16);
      default: return CK_PANEL(vectors, 32, CK_F32);
    }
  else
    switch (element) {
      case CK_F16: return CK_PANEL(1, 16, CK_F16);
      case CK_BF16: return CK_PANEL(1, 16, CK_BF16);
      default: return CK_PANEL(1, 16, CK_F32);
    }
}

// At the edges: fewer than eight rows, or fewer outputs than the panel holds. The tile is made beside
// y, with the last row again in place of those that are missing.
CK_INLINE void multiply_edge(
    const int height, const int vectors, const int has_f16, ck_element element, ck_inputs in,
    size_t rows, ck_panel panel, const float *start, float *y, size_t stride, size_t outputs,
    const float **places) {
  float tile[8 * 32], begin[32] = {0};
  for (size_t r = 0; r < 8; r++) {
    size_t row = r < rows ? r : rows - 1;
    for (size_t t = 0; t < in.taps; t++) places[r * in.taps + t] = in.runs[row * in.stride + t];
    if (!start) memcpy(tile + r * 32, y + row * stride, outputs * sizeof *y);
  }
  if (start) memcpy(begin, start, outputs * sizeof *y);
  in.runs = places;
  in.stride = in.taps;
  multiply_any(height, vectors, has_f16, element, in, panel, start ? begin : 0, tile, 32);
  for (size_t r = 0; r < rows; r++) memcpy(y + r * stride, tile + r * 32, outputs * sizeof *y);
}

CK_INLINE void multiply(
    const int height, const int vectors, const int has_f16, const ck_product *p) {
  static const float zeros[32];
  const size_t depth = p->taps * p->k;
  // Whole runs where they are short, else parts of one.
  const size_t whole = p->k < CK_BLOCK ? CK_BLOCK / p->k : 1;
  const size_t many = whole < CK_TAPS ? whole : CK_TAPS;
  const float *places[8 * CK_TAPS];
  float wide[CK_BLOCK * 32];
  for (size_t t = 0; t < p->taps; t += many) {
    const size_t taps = p->taps - t < many ? p->taps - t : many;
    for (size_t from = 0; from < p->k; from += CK_BLOCK) {
      const size_t k = p->k - from < CK_BLOCK ? p->k - from : CK_BLOCK;
      const int first = t == 0 && from == 0;
      for (size_t o = 0; o < p->outputs; o += 32) {
        const size_t rest = p->outputs - o, width = rest > 16 ? 32 : 16;
        const size_t place = o * depth + (t * p->k + from) * width;
        const int is_wide = p->element == CK_F32;
        const ck_panel panel = {
            is_wide ? (float *)p->weights + place : wide, (const uint16_t *)p->weights + place,
            width};
        const float *start = !first ? 0 : p->bias ? p->bias + o : zeros;
        for (size_t r = 0; r < p->rows; r += 8) {
          const ck_inputs in = {p->runs + r * p->taps + t, p->taps, taps, from, k};
          const ck_element element = r == 0 ? p->element : CK_F32;
          float *y = p->y + r * p->stride + o;
          if (p->rows - r >= 8 && rest >= width)
            multiply_any(height, vectors, has_f16, element, in, panel, start, y, p->stride);
          else
            multiply_edge(
                height, vectors, has_f16, element, in, p->rows - r < 8 ? p->rows - r : 8, panel,
                start, y, p->stride, rest < width ? rest : width, places);
        }
      }
    }
  }
}

#if defined(__x86_64__)
__attribute__((target("arch=x86-64-v4"))) void ck_multiply_v4(const ck_product *p) {
  multiply(8, 2, 1, p);
}

__attribute__((target("arch=x86-64-v3"))) void ck_multiply_v3(const ck_product *p) {
  multiply(4, 1, 1, p);
}
#endif

void ck_multiply_base(const ck_product *p) { multiply(1, 1, 0, p); }

void ck_multiply(const ck_product *p) {
#if defined(__x86_64__)
  if (p->element == CK_PAIRS) return ck_multiply_pairs(p);
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
