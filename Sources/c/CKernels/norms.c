#pragma STDC FP_CONTRACT OFF
#include "CKernels.h"
#include "vector.h"

#pragma clang diagnostic ignored "-Wpsabi"

// Sums over positions, one accumulator a channel; four vectors of channels at a time stay in registers.
#define CK_BLOCK 4

CK_INLINE void channel_sums(const float *x, size_t positions, size_t c, float *sums) {
  size_t j = 0;
  for (; j + CK_BLOCK * CK_LANES <= c; j += CK_BLOCK * CK_LANES) {
    ck_f32x16 s[CK_BLOCK] = {};
    for (size_t p = 0; p < positions; p++)
      for (int k = 0; k < CK_BLOCK; k++) s[k] += ck_load(x + p * c + j + k * CK_LANES);
    for (int k = 0; k < CK_BLOCK; k++) ck_store(sums + j + k * CK_LANES, s[k]);
  }
  for (; j < c; j += CK_LANES) {
    size_t n = c - j < CK_LANES ? c - j : CK_LANES;
    ck_f32x16 s = {};
    for (size_t p = 0; p < positions; p++)
      s += n == CK_LANES ? ck_load(x + p * c + j) : ck_load_part(x + p * c + j, n, 0.0f);
    ck_store_part(sums + j, s, n);
  }
}

CK_INLINE void channel_squares(
    const float *x, size_t positions, size_t c, const float *means, float *sums) {
  size_t j = 0;
  for (; j + CK_BLOCK * CK_LANES <= c; j += CK_BLOCK * CK_LANES) {
    ck_f32x16 s[CK_BLOCK] = {};
    for (size_t p = 0; p < positions; p++)
      for (int k = 0; k < CK_BLOCK; k++) {
        ck_f32x16 d = ck_load(x + p * c + j + k * CK_LANES) - ck_load(means + j + k * CK_LANES);
        s[k] += d * d;
      }
    for (int k = 0; k < CK_BLOCK; k++) ck_store(sums + j + k * CK_LANES, s[k]);
  }
  for (; j < c; j += CK_LANES) {
    size_t n = c - j < CK_LANES ? c - j : CK_LANES;
    ck_f32x16 s = {}, mean = ck_load_part(means + j, n, 0.0f);
    for (size_t p = 0; p < positions; p++) {
      ck_f32x16 d = ck_load_part(x + p * c + j, n, 0.0f) - mean;
      s += d * d;
    }
    ck_store_part(sums + j, s, n);
  }
}

CK_INLINE ck_f32x16 normalised(
    ck_f32x16 x, ck_f32x16 mean, ck_f32x16 scale, ck_f32x16 shift, int silu) {
  ck_f32x16 y = (x - mean) * scale + shift;
  return silu ? ck_swish_lanes(y, 1.0f) : y;
}

CK_INLINE void channel_normalise(
    const float *x, size_t positions, size_t c, const float *means, const float *scales,
    const float *shifts, int silu, float *y) {
  for (size_t p = 0; p < positions; p++) {
    const float *in = x + p * c;
    float *out = y + p * c;
    size_t j = 0;
    for (; j + CK_LANES <= c; j += CK_LANES)
      ck_store(
          out + j, normalised(
                       ck_load(in + j), ck_load(means + j), ck_load(scales + j),
                       ck_load(shifts + j), silu));
    if (j < c) {
      size_t n = c - j;
      ck_store_part(
          out + j,
          normalised(
              ck_load_part(in + j, n, 0.0f), ck_load_part(means + j, n, 0.0f),
              ck_load_part(scales + j, n, 0.0f), ck_load_part(shifts + j, n, 0.0f), silu),
          n);
    }
  }
}

CK_CLONES void ck_channel_sums(const float *x, size_t positions, size_t c, float *sums) {
  channel_sums(x, positions, c, sums);
}

CK_CLONES void ck_channel_squares(
    const float *x, size_t positions, size_t c, const float *means, float *sums) {
  channel_squares(x, positions, c, means, sums);
}

CK_CLONES void ck_channel_normalise(
    const float *x, size_t positions, size_t c, const float *means, const float *scales,
    const float *shifts, int silu, float *y) {
  if (silu)
    channel_normalise(x, positions, c, means, scales, shifts, 1, y);
  else
    channel_normalise(x, positions, c, means, scales, shifts, 0, y);
}

// Lines whose sums are added together at each level.
#define CK_LINES 64

CK_INLINE void join_sums(float *sums, size_t lines, size_t c) {
  for (; lines > 1; lines = (lines + CK_LINES - 1) / CK_LINES)
    for (size_t line = 0; line < lines; line += CK_LINES) {
      const size_t end = line + CK_LINES < lines ? line + CK_LINES : lines;
      float *to = sums + line / CK_LINES * c;
      for (size_t j = 0; j < c; j += CK_LANES) {
        const size_t n = c - j < CK_LANES ? c - j : CK_LANES;
        ck_f32x16 s = {};
        for (size_t l = line; l < end; l++)
          s += n == CK_LANES ? ck_load(sums + l * c + j) : ck_load_part(sums + l * c + j, n, 0.0f);
        ck_store_part(to + j, s, n);
      }
    }
}

CK_CLONES void ck_join_sums(float *sums, size_t lines, size_t c) { join_sums(sums, lines, c); }

void ck_group_means(const float *sums, size_t c, size_t groups, float count, float *means) {
  const size_t width = c / groups;
  for (size_t first = 0; first < c; first += width) {
    float total = 0;
    for (size_t j = first; j < first + width; j++) total += sums[j];
    for (size_t j = first; j < first + width; j++) means[j] = total / count;
  }
}

// 1 / √(variance + eps), each operation rounded.
CK_INLINE float inverse_deviation(float variance, float eps) {
  return 1.0f / __builtin_elementwise_sqrt(variance + eps);
}

void ck_group_scales(
    const float *squares, size_t c, size_t groups, float count, float eps, const float *gain,
    float *scales) {
  ck_group_means(squares, c, groups, count, scales);
  for (size_t j = 0; j < c; j++) scales[j] = gain[j] * inverse_deviation(scales[j], eps);
}

CK_INLINE void layer_norm(
    const float *x, size_t rows, size_t c, const float *gain, const float *shift, float eps,
    float *y) {
  size_t whole = c / CK_LANES * CK_LANES, rest = c - whole;
  for (size_t r = 0; r < rows; r++) {
    const float *in = x + r * c;
    float *out = y + r * c;
    ck_f32x16 sum = {}, squares = {};
    for (size_t j = 0; j < whole; j += CK_LANES) sum += ck_load(in + j);
    if (rest) sum += ck_load_part(in + whole, rest, 0.0f);
    const float mean = ck_sum_lanes(sum) / (float)c;
    for (size_t j = 0; j < whole; j += CK_LANES) {
      ck_f32x16 d = ck_load(in + j) - ck_splat(mean);
      squares += d * d;
    }
    if (rest) {
      ck_f32x16 d = ck_load_part(in + whole, rest, mean) - ck_splat(mean);
      squares += d * d;
    }
    const float scale = inverse_deviation(ck_sum_lanes(squares) / (float)c, eps);
    for (size_t j = 0; j < whole; j += CK_LANES)
      ck_store(
          out + j, ((ck_load(in + j) - ck_splat(mean)) * ck_splat(scale)) * ck_load(gain + j) +
                       ck_load(shift + j));
    if (rest)
      ck_store_part(
          out + whole,
          ((ck_load_part(in + whole, rest, 0.0f) - ck_splat(mean)) * ck_splat(scale)) *
                  ck_load_part(gain + whole, rest, 0.0f) +
              ck_load_part(shift + whole, rest, 0.0f),
          rest);
  }
}

CK_CLONES void ck_layer_norm(
    const float *x, size_t rows, size_t c, const float *gain, const float *shift, float eps,
    float *y) {
  layer_norm(x, rows, c, gain, shift, eps, y);
}
